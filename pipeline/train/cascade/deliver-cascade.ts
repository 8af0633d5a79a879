import { rm } from "node:fs/promises";
import type { BundleManifest } from "../../bundle/manifest-schema.ts";
import { saveBundle } from "../../bundle/save-bundle.ts";
import { version } from "../../volume/version.ts";
import { readRecord, writeJson } from "../run-inputs.ts";
import type { TrainedBundle } from "../train-bundle.ts";
import { drawTrainingCurves } from "../training-curves.ts";
import { cascadeBundle } from "./cascade-bundle.ts";
import type { CascadeFolder } from "./cascade-folder.ts";
import { writeCascadeLog } from "./cascade-log.ts";
import type { FoundCases } from "./coarse-stage.ts";
import { type CascadeDice, judgeCascade } from "./judge-cascade.ts";
import { COARSE, type PlannedCascade } from "./plan-cascade.ts";
import type { RegionReport } from "./region-reports.ts";
import type { CascadeTools } from "./train-network.ts";

/** A cascade whose networks are trained. */
export interface FinishedCascade {
  readonly cascade: PlannedCascade;
  readonly place: CascadeFolder;
  readonly found: FoundCases;
  readonly reports: readonly RegionReport[];
}

/**
 * Puts the networks of a cascade into one bundle, scores it on the held-out cases, and writes where it comes from.
 *
 * Errors: as `saveBundle` and `judgeCascade`
 */
export async function deliverCascade(finished: FinishedCascade, tools: CascadeTools): Promise<TrainedBundle> {
  const { cascade, place, reports } = finished;
  const { run } = place;
  const steps = stepsOf(finished);
  const training = trainingFacts(cascade, steps);
  const regions = reports.map(({ region }) => region);
  const save = async (scores: NonNullable<BundleManifest["scores"]>) => {
    const bundle = await cascadeBundle({ cascade, place, regions, training, scores });
    await rm(run.bundle, { recursive: true, force: true });
    return saveBundle(run.bundle, bundle);
  };
  await save([]);
  const dice = await judgeCascade(run.bundle, cascade, tools);
  const manifest = await save(scoresOf(dice, cascade));
  await writeCascadeLog({ cascade, place, folds: finished.found.folds, dice });
  await drawTrainingCurves(run);
  const device = (await readRecord<{ readonly device: string }>(place.coarse.provenance))?.device ?? "unknown";
  const means = Object.fromEntries([...dice].map(([name, { mean }]) => [name, mean]));
  await writeJson(run.provenance, {
    ...provenanceOf(cascade, steps),
    device,
    dice: means,
    regions: reports,
    bundle: manifest.files,
  });
  return { place: run, steps, bestDice: undefined, bestStep: undefined, deliveredStep: steps, dice: means, device };
}

/** Of all networks together. */
function stepsOf({ cascade: { coarse, stages }, found }: FinishedCascade): number {
  const fine = stages.reduce((sum, stage) => sum + stage.config.steps, 0);
  return (found.folds + 1) * coarse.config.steps + fine;
}

function trainingFacts({ dataset: { name, license }, coarse, stages, split }: PlannedCascade, steps: number) {
  const method =
    `Trained by rarevox as a cascade: a coarse network for ${coarse.config.steps} steps, and ${stages.length} fine ones in ` +
    "regions that coarse networks found in cases they had not seen; the weights of the last steps.";
  return {
    method,
    data: license === undefined ? name : `${name} (${license})`,
    cases: split.training.length,
    date: new Date().toISOString().slice(0, 10),
    software: `rarevox ${version}`,
    settings: { steps },
  };
}

function scoresOf(dice: CascadeDice, { dataset }: PlannedCascade): NonNullable<BundleManifest["scores"]> {
  return [...dice].map(([name, { mean, cases }]) => ({
    class: name,
    metric: "dice",
    mean: Number(mean.toFixed(4)),
    cases,
    data: `held-out cases of ${dataset.name}, on the scans' own grids`,
  }));
}

function provenanceOf({ dataset, split, config, coarse, stages }: PlannedCascade, steps: number) {
  return {
    rarevox: version,
    node: process.version,
    dataset: { name: dataset.name, license: dataset.license, reference: dataset.reference },
    cases: { training: split.training.length, heldOut: split.validation.length },
    seed: config.seed,
    steps,
    networks: [
      { name: COARSE, network: coarse.config.network, steps: coarse.config.steps },
      ...stages.map(({ name, config: own }) => ({ name, network: own.network, steps: own.steps })),
    ],
  };
}
