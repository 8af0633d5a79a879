import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { sweepTemporary } from "../../io/atomic-write.ts";
import { loadCase } from "../dataset/load-case.ts";
import { turnedCase } from "../prepare/turned-case.ts";
import { casesNamed, readRecord, writeJson } from "../run-inputs.ts";
import type { CascadeFolder } from "./cascade-folder.ts";
import { type CropFacts, cropCase } from "./crop-case.ts";
import type { PlannedCascade } from "./plan-cascade.ts";
import type { SettledRegions } from "./regions-of.ts";
import type { CascadeTools } from "./train-network.ts";

/** What crops are made from. */
export interface CropCasesOptions {
  readonly cascade: PlannedCascade;
  readonly place: CascadeFolder;
  readonly settled: SettledRegions;
}

/**
 * Cuts every case to the regions of all stages, or remembers that it is done. Each case is read once for all stages.
 *
 * Errors: as `loadCase` and `cropCase`; the signal's reason
 */
export async function cropCases(
  { cascade, place, settled }: CropCasesOptions,
  { signal, onProgress }: CascadeTools,
): Promise<CropFacts> {
  const known = await readRecord<CropFacts>(place.cropFacts);
  if (known !== undefined) return known;
  for (const { name } of cascade.stages) {
    await mkdir(join(place.crops, name), { recursive: true });
    await sweepTemporary(join(place.crops, name));
  }
  const { dataset, coarse, split } = cascade;
  const heldOut = new Set(split.validation);
  const wanted = casesNamed(dataset, [...split.training, ...split.validation]);
  const facts: CropFacts[] = [];
  for (const trainingCase of wanted) {
    signal?.throwIfAborted();
    const { id } = trainingCase;
    const found = settled.cases.get(id);
    if (found === undefined) throw new Error(`no coarse network looked at ${id}`);
    const turned = turnedCase(await loadCase(dataset, trainingCase, { signal }), coarse.plan);
    const isHeldOut = heldOut.has(id);
    const prefix = String(facts.length);
    const options = { cascade, regions: settled.regions, found, isHeldOut, prefix, folder: place.crops, signal };
    facts.push(await cropCase(turned, options));
    onProgress?.("crop", facts.length, wanted.length);
  }
  const all = { crops: facts.flatMap(({ crops }) => crops), recalls: facts.flatMap(({ recalls }) => recalls) };
  await writeJson(place.cropFacts, all);
  return all;
}
