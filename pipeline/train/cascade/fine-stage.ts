import { rm } from "node:fs/promises";
import { join } from "node:path";
import { evenly } from "../evenly.ts";
import type { CaseFingerprint } from "../plan/case-fingerprint.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { PreparedCases } from "../prepare/prepared-cases.ts";
import type { BatchCase } from "../sampling/sampler.ts";
import type { RunInputs } from "../set-up-run.ts";
import type { CascadeFolder } from "./cascade-folder.ts";
import type { Crop, CropFacts } from "./crop-case.ts";
import type { PlannedCascade, PlannedStage } from "./plan-cascade.ts";
import { type CascadeTools, trainNetwork } from "./train-network.ts";

/** Trains each stage's network on its crops, which go once all are trained. Errors: as `trainRun`; the signal's reason */
export async function trainFine(
  {
    cascade,
    place,
    facts,
  }: { readonly cascade: PlannedCascade; readonly place: CascadeFolder; readonly facts: CropFacts },
  tools: CascadeTools,
): Promise<void> {
  for (const stage of cascade.stages) {
    const network = place.fine(stage.name);
    const crops = facts.crops.filter((each) => each.stage === stage.name);
    const inputs = fineInputs(cascade, stage, crops);
    const cases = batchCases(crops, { folder: join(place.crops, stage.name), most: stage.config.validationCases });
    await trainNetwork({ name: `fine/${stage.name}`, place: network, inputs, cases }, tools);
  }
  await rm(place.crops, { recursive: true, force: true });
}

/** A stage's run: its classes alone, on its crops in the place of cases; planned from these as a data set of their own. */
export function fineInputs(cascade: PlannedCascade, stage: PlannedStage, crops: readonly Crop[]): RunInputs {
  const { fingerprint, coarse } = cascade;
  const dataset = { ...cascade.dataset, classes: stage.classes };
  const ofCase = new Map(fingerprint.cases.map((each) => [each.id, each]));
  const learnt = crops.filter(({ isHeldOut }) => !isHeldOut);
  const cases = learnt.flatMap(({ id, caseId, shape, voxels }): readonly CaseFingerprint[] => {
    const whole = ofCase.get(caseId);
    return whole === undefined ? [] : [{ ...whole, id, shape, voxels }];
  });
  const { input, orientation } = coarse.plan;
  const options = { ...stage.options, network: stage.config.network };
  const plan = { ...makePlan({ ...fingerprint, cases }, dataset, options), input, orientation };
  const ids = (isHeldOut: boolean) => crops.filter((each) => each.isHeldOut === isHeldOut).map(({ id }) => id);
  return { dataset, plan, config: stage.config, split: { training: ids(false), validation: ids(true) } };
}

function batchCases(
  crops: readonly Crop[],
  { folder, most }: { readonly folder: string; readonly most: number },
): PreparedCases {
  const of = (wanted: readonly Crop[]) =>
    wanted.map(({ id, classIds, folder: own }): BatchCase => ({ id, classIds, folder: join(folder, own) }));
  const training = of(crops.filter(({ isHeldOut }) => !isHeldOut));
  const heldOut = of(crops.filter(({ isHeldOut }) => isHeldOut));
  return { training, validation: evenly(heldOut.length === 0 ? training : heldOut, most) };
}
