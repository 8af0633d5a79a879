import { writeJson } from "../run-inputs.ts";
import type { TrainBundleOptions, TrainedBundle } from "../train-bundle.ts";
import type { CascadeConfig } from "./cascade-config.ts";
import { type CascadeFolder, cascadeFolderAt } from "./cascade-folder.ts";
import { trainCoarse } from "./coarse-stage.ts";
import { cropCases } from "./crop-cases.ts";
import { deliverCascade } from "./deliver-cascade.ts";
import { trainFine } from "./fine-stage.ts";
import { type CascadeInputs, planCascade } from "./plan-cascade.ts";
import { regionReports } from "./region-reports.ts";
import { regionsOf } from "./regions-of.ts";
import { readCascade, setUpCascade } from "./set-up-cascade.ts";
import type { CascadeTools } from "./train-network.ts";

/** How to train a cascade. */
export type TrainCascadeOptions = CascadeTools &
  Pick<TrainBundleOptions, "dataset" | "fold" | "folds" | "foldCount" | "skipBadCases" | "out" | "resume"> & {
    /** With `resume` those in the folder count, and others are refused. */
    readonly config: CascadeConfig | undefined;
    /** Stop once settings and split lie in the folder. */
    readonly planOnly?: boolean | undefined;
  };

/**
 * Trains a cascade from a data set: coarse networks, regions from what they find in cases that they have not seen, a fine network
 * per region, one bundle of all.
 *
 * Stopped at any instant, even by a power cut, it goes on with `resume` to the same weights. With `planOnly` there is no result.
 *
 * Errors: as `setUpCascade`, `readCascade`, `trainRun` and `saveBundle`; the signal's reason
 * Source: Rahman 2026, arXiv:2604.17118, two stages with class weights; regions, margins and fallbacks are our own
 */
export async function trainCascade(options: TrainCascadeOptions): Promise<TrainedBundle | undefined> {
  const place = cascadeFolderAt(options.out);
  const inputs = await inputsOf(place, options);
  return options.planOnly ? undefined : trainCascadeRun({ place, inputs }, options);
}

async function inputsOf(place: CascadeFolder, options: TrainCascadeOptions): Promise<CascadeInputs> {
  const { config, resume, dataset, fold, folds, foldCount, skipBadCases, signal, onProgress } = options;
  if (resume || config === undefined) return readCascade(place, { dataset, config });
  const choices = { dataset, config, fold, folds, foldCount, skipBadCases, signal, onProgress };
  const { warnings, ...inputs } = await setUpCascade(place, choices);
  for (const warning of warnings) options.onWarning?.(warning);
  return inputs;
}

/**
 * Trains a cascade whose settings and split are known, or goes on with the one in its folder.
 *
 * Errors: as `trainCascade`
 */
export async function trainCascadeRun(
  { place, inputs }: { readonly place: CascadeFolder; readonly inputs: CascadeInputs },
  tools: CascadeTools,
): Promise<TrainedBundle> {
  const cascade = planCascade(inputs);
  const found = await trainCoarse(cascade, place, tools);
  const settled = regionsOf(cascade, found);
  const facts = await cropCases({ cascade, place, settled }, tools);
  const reports = regionReports(settled.regions, facts);
  await writeJson(place.regions, reports);
  await trainFine({ cascade, place, facts }, tools);
  return deliverCascade({ cascade, place, found, reports }, tools);
}
