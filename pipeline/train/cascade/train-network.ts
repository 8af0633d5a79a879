import { existsSync } from "node:fs";
import type { PreparedCases } from "../prepare/prepared-cases.ts";
import type { RunFolder } from "../run-folder.ts";
import { type RunInputs, writeRun } from "../set-up-run.ts";
import { type TrainRunOptions, trainRun } from "../train-bundle.ts";

/** What the networks of a cascade are trained with. */
export type CascadeTools = Omit<TrainRunOptions, "resume" | "deliverNow" | "init" | "cases" | "onProgress"> & {
  readonly onProgress?:
    | ((stage: "examine" | "prepare" | "validate" | "find" | "crop" | "judge", done: number, total: number) => void)
    | undefined;
  /** Called before each network with its name, such as `coarse/fold-0`. */
  readonly onNetwork?: ((name: string) => void) | undefined;
};

/** One network of a cascade. */
export interface CascadeNetwork {
  readonly name: string;
  readonly place: RunFolder;
  readonly inputs: RunInputs;
  /** Prepared from the data set when left out. */
  readonly cases?: PreparedCases;
}

/**
 * Trains a network in a run folder of its own, or goes on from its last checkpoint; one that was delivered stays as it is.
 *
 * Errors: as `trainRun`
 */
export async function trainNetwork(
  { name, place, inputs, cases }: CascadeNetwork,
  { onNetwork, ...options }: CascadeTools,
): Promise<void> {
  // What comes last when a network is delivered.
  if (existsSync(place.provenance)) return;
  onNetwork?.(name);
  await writeRun(place, inputs);
  await trainRun({ place, inputs }, { ...options, cases, resume: true });
}
