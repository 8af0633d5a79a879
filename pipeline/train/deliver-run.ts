import { rm } from "node:fs/promises";
import type { BundleManifest } from "../bundle/manifest-schema.ts";
import { saveBundle } from "../bundle/save-bundle.ts";
import { version } from "../volume/version.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { trainedBundle } from "./deliver-bundle.ts";
import type { RunFolder } from "./run-folder.ts";
import { writeJson } from "./run-inputs.ts";
import type { RunInputs } from "./set-up-run.ts";
import type { Trained } from "./trainer.ts";
import { drawTrainingCurves } from "./training-curves.ts";
import type { TrainingGraph } from "./training-graph.ts";
import { readLog, type ValidationRecord } from "./training-log.ts";
import { deliveredWeights } from "./validator.ts";

/** A run that took its last step. */
export interface FinishedRun {
  readonly place: RunFolder;
  readonly inputs: RunInputs;
  readonly graph: TrainingGraph;
  readonly trained: Trained;
  readonly device: string;
  readonly run: string;
  readonly waitShare?: number | undefined;
}

/** Which weights a run delivered. */
export interface DeliveredWeights {
  readonly step: number;
  /** Validation Dice by class name; empty where they were not validated. */
  readonly dice: Readonly<Record<string, number>>;
}

/**
 * Writes the bundle, the curves and the provenance of a run, and says which weights they are.
 *
 * By the run's settings those with the best validation Dice or the last ones; the last where no case was held out.
 *
 * Errors: as `saveBundle`
 */
export async function deliverRun(finished: FinishedRun): Promise<DeliveredWeights> {
  const { place, inputs, graph, trained } = finished;
  const { plan, config, dataset, split } = inputs;
  const isJudged = split.validation.length > 0;
  const isBest = isJudged && config.deliver === "best";
  const step = isBest ? (trained.bestStep ?? trained.steps) : trained.steps;
  const checkpoint = isBest ? await readCheckpoint(place.best, graph.step.carried) : trained;
  const validated = await validationAt(place, step);
  const bundle = trainedBundle({
    plan,
    dataset,
    settings: config.network,
    weights: deliveredWeights(checkpoint.carried, graph.step.carried),
    training: trainingFacts(finished, step),
    ...(isJudged && validated !== undefined ? { scores: scoresOf(validated, inputs) } : {}),
  });
  await rm(place.bundle, { recursive: true, force: true });
  const manifest = await saveBundle(place.bundle, bundle);
  await drawTrainingCurves(place);
  await writeJson(place.provenance, provenanceOf(finished, { step, manifest, validated }));
  return { step, dice: validated?.dice ?? {} };
}

async function validationAt({ log }: RunFolder, step: number): Promise<ValidationRecord | undefined> {
  const records = await readLog(log);
  return records.filter((record) => record.kind === "validation").findLast((record) => record.step === step);
}

function trainingFacts({ inputs: { dataset, split }, trained }: FinishedRun, step: number) {
  const { name, license } = dataset;
  return {
    method: `Trained by rarevox for ${trained.steps} steps; the weights after step ${step}.`,
    data: license === undefined ? name : `${name} (${license})`,
    cases: split.training.length,
    date: new Date().toISOString().slice(0, 10),
    software: `rarevox ${version}`,
  };
}

function scoresOf(
  { dice, cases }: ValidationRecord,
  { dataset, config }: RunInputs,
): NonNullable<BundleManifest["scores"]> {
  const chosen = config.deliver === "best" ? ", which the weights were chosen by" : "";
  return Object.entries(dice).map(([name, mean]) => ({
    class: name,
    metric: "dice",
    mean: Number(mean.toFixed(4)),
    cases,
    data: `held-out cases of ${dataset.name}, on the network's grid${chosen}`,
  }));
}

function provenanceOf(
  { inputs, trained, device, run, waitShare }: FinishedRun,
  {
    step,
    manifest,
    validated,
  }: { readonly step: number; readonly manifest: BundleManifest; readonly validated: ValidationRecord | undefined },
) {
  const { dataset, config, split } = inputs;
  return {
    rarevox: version,
    node: process.version,
    device,
    dataset: { name: dataset.name, license: dataset.license, reference: dataset.reference },
    cases: { training: split.training.length, validation: split.validation.length },
    run,
    seed: config.seed,
    steps: trained.steps,
    deliveredStep: step,
    validation: validated === undefined ? null : { dice: validated.dice, exposure: validated.exposure },
    ...(waitShare === undefined ? {} : { waitShare: Number(waitShare.toFixed(4)) }),
    bundle: manifest.files,
  };
}
