import { loadBundle } from "../../bundle/load-bundle.ts";
import type { BundleManifest } from "../../bundle/manifest-schema.ts";
import { openEngine } from "../../runtime/engine.ts";
import { networkRunner, type RunNetwork } from "../../stages/run-network.ts";
import { loadCase } from "../dataset/load-case.ts";
import { type TurnedCase, turnedCase } from "../prepare/turned-case.ts";
import { casesNamed } from "../run-inputs.ts";
import type { PlannedCascade } from "./plan-cascade.ts";
import type { CascadeTools } from "./train-network.ts";

/** Cases, and the networks that look at them. */
export interface OverCases {
  readonly ids: readonly string[];
  /** Folder of a bundle. */
  readonly bundle: string;
  /** For reports of progress. */
  readonly stage: "find" | "judge";
}

/** The networks of a bundle, running. */
export interface RunningBundle {
  readonly manifest: BundleManifest;
  readonly run: RunNetwork;
}

/**
 * Does something with one case after the other and a bundle's networks, and gives what comes of each.
 *
 * Errors: as `loadBundle`, `openEngine` and `loadCase`; whatever `look` throws; the signal's reason
 */
export async function overCases<T>(
  { ids, bundle: path, stage }: OverCases,
  { cascade: { dataset, coarse }, tools }: { readonly cascade: PlannedCascade; readonly tools: CascadeTools },
  look: (turned: TurnedCase, running: RunningBundle) => Promise<T>,
): Promise<readonly T[]> {
  if (ids.length === 0) return [];
  const { device = "cpu", threads, signal, onProgress } = tools;
  const bundle = await loadBundle(path);
  const engine = await openEngine({ device, ...(threads === undefined ? {} : { threads }) });
  const run = networkRunner({ engine, bundle, overlap: undefined, mirror: false, signal, onProgress: undefined });
  try {
    const results: T[] = [];
    for (const trainingCase of casesNamed(dataset, ids)) {
      signal?.throwIfAborted();
      const turned = turnedCase(await loadCase(dataset, trainingCase, { signal }), coarse.plan);
      results.push(await look(turned, { manifest: bundle.manifest, run }));
      onProgress?.(stage, results.length, ids.length);
    }
    return results;
  } finally {
    await engine.close();
    await bundle.close();
  }
}
