import { stat } from "node:fs/promises";
import { ConfigError } from "../volume/errors.ts";
import { type Checkpoint, readCheckpoint, readWeights } from "./checkpoint.ts";
import { initialCarried } from "./initial-weights.ts";
import type { RunFolder } from "./run-folder.ts";
import { freshMemory } from "./trainer.ts";
import type { TrainingConfig } from "./training-config.ts";
import type { TrainingGraph } from "./training-graph.ts";
import { rewindLog } from "./training-log.ts";

/** A run that is about to begin or to go on. */
export interface Departure {
  readonly place: RunFolder;
  readonly graph: TrainingGraph;
  readonly config: TrainingConfig;
  readonly run: string;
  readonly classes: number;
}

/**
 * Where a run begins: at its last checkpoint, at given weights, or at freshly drawn ones.
 *
 * A run that was ended before its first checkpoint begins anew. The log forgets what is done again.
 *
 * Errors: ConfigError T_RESUME when plan, settings or split are not those of the checkpoint; as `readCheckpoint`, `readWeights`
 */
export async function startingPoint(
  departure: Departure,
  { resume = false, init }: { readonly resume?: boolean | undefined; readonly init?: string | undefined },
): Promise<Checkpoint> {
  const { place, graph, run } = departure;
  const { carried } = graph.step;
  if (resume && (await exists(place.last))) {
    const checkpoint = await readCheckpoint(place.last, carried);
    if (checkpoint.run !== run) throw changedError(place);
    await rewindLog(place.log, checkpoint.step);
    return checkpoint;
  }
  await rewindLog(place.log, -1);
  const fresh = initialCarried(carried, departure.config.seed);
  const values = init === undefined ? fresh : await withWeights(fresh, { path: init, graph });
  return { step: 0, run, carried: values, memory: JSON.stringify(freshMemory(departure.classes)) };
}

/** Weights of a file in the place of drawn ones, in their average too. */
async function withWeights(
  fresh: ReadonlyMap<string, Float32Array>,
  { path, graph }: { readonly path: string; readonly graph: TrainingGraph },
): Promise<ReadonlyMap<string, Float32Array>> {
  const { groups, buffers, carried } = graph.step;
  const specs = [...groups.flatMap(({ parameters }) => parameters), ...buffers];
  const given = await readWeights(path, specs, graph.foreignNames);
  return new Map(
    carried.map((value) => {
      const drawn = fresh.get(value.name) ?? new Float32Array(0);
      if (value.kind === "buffer") return [value.name, given.get(value.name) ?? drawn];
      if (value.kind === "state") return [value.name, drawn];
      const parts = value.group.parameters.map(({ name }) => given.get(name) ?? new Float32Array(0));
      return [value.name, joined(parts)];
    }),
  );
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function changedError({ folder, last }: RunFolder): ConfigError {
  return new ConfigError({
    code: "T_RESUME",
    where: folder,
    expected: `the plan, settings and split that ${last} was made with`,
    got: "changed ones",
    next: "Put them back, or start a new run with --init and the checkpoint",
  });
}
