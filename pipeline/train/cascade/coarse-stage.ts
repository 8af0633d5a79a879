import { coarseLabels } from "../../stages/coarse-labels.ts";
import { ConfigError } from "../../volume/errors.ts";
import { chooseFolds, chooseSplit } from "../plan/choose-split.ts";
import type { RunFolder } from "../run-folder.ts";
import { readRecord, type Split, writeJson } from "../run-inputs.ts";
import type { CascadeFolder } from "./cascade-folder.ts";
import { type LookedCase, lookedCase } from "./found-case.ts";
import { overCases } from "./over-cases.ts";
import { COARSE, type PlannedCascade } from "./plan-cascade.ts";
import { type CascadeTools, trainNetwork } from "./train-network.ts";

/** What coarse networks find in cases that they did not learn from. */
export interface FoundCases {
  readonly training: readonly LookedCase[];
  readonly heldOut: readonly LookedCase[];
  /** Networks that each left some of the training cases out. */
  readonly folds: number;
}

/**
 * Trains the coarse network of all training cases, which is delivered, and others that each leave a fold of them out, to learn
 * what it will find in cases that it has not seen.
 *
 * The cases that the whole cascade is judged by are in none of them.
 *
 * Errors: ConfigError T_FOLD when the training cases are of one patient; as `trainRun`; the signal's reason
 */
export async function trainCoarse(
  cascade: PlannedCascade,
  place: CascadeFolder,
  tools: CascadeTools,
): Promise<FoundCases> {
  const { dataset, coarse, split } = cascade;
  const train = (name: string, network: RunFolder, split: Split) =>
    trainNetwork({ name: `${COARSE}/${name}`, place: network, inputs: { dataset, ...coarse, split } }, tools);
  const training: LookedCase[] = [];
  const splits = innerSplits(cascade);
  for (const [fold, own] of splits.entries()) {
    const network = place.coarseFold(fold);
    await train(`fold-${fold}`, network, own);
    const unseen = { ids: own.validation, network, record: place.found(fold) };
    training.push(...(await foundIn(unseen, cascade, tools)));
  }
  await train("all", place.coarse, split);
  const unseen = { ids: split.validation, network: place.coarse, record: place.found("held-out") };
  const heldOut = await foundIn(unseen, cascade, tools);
  training.sort((first, second) => (first.id < second.id ? -1 : 1));
  return { training, heldOut, folds: splits.length };
}

/** What a network finds in cases that it did not learn from, or remembers that it found. */
async function foundIn(
  { ids, network, record }: { readonly ids: readonly string[]; readonly network: RunFolder; readonly record: string },
  cascade: PlannedCascade,
  tools: CascadeTools,
): Promise<readonly LookedCase[]> {
  const known = await readRecord<readonly LookedCase[]>(record);
  if (known !== undefined) return known;
  const looked = { ids, bundle: network.bundle, stage: "find" } as const;
  const found = await overCases(looked, { cascade, tools }, async (turned, { manifest, run }) => {
    const coarse = await coarseLabels(turned.scan, { network: manifest.networks[0].name, manifest, run });
    return lookedCase(turned, { coarse, stages: cascade.stages });
  });
  await writeJson(record, found);
  return found;
}

/** Splits of the training cases alone, each of them held out once. */
function innerSplits({ dataset, fingerprint, split, config }: PlannedCascade): readonly Split[] {
  const learnt = new Set(split.training);
  const isLearnt = ({ id }: { readonly id: string }) => learnt.has(id);
  const folds = chooseFolds(
    { cases: fingerprint.cases.filter(isLearnt) },
    { folds: "stratified", foldCount: config.coarse.folds, seed: config.seed },
  );
  if (folds.length < 2) throw onePatientError(dataset.path);
  const inner = { path: dataset.path, training: dataset.training.filter(isLearnt) };
  return folds.map((_, fold) => chooseSplit(inner, { folds, fold }));
}

function onePatientError(where: string): ConfigError {
  return new ConfigError({
    code: "T_FOLD",
    where,
    expected:
      "training cases of at least two patients, to find the regions of one with a network that learnt from another",
    got: "all of one",
    next: "Give more cases, or train one network",
  });
}
