import { focalAttentionNetwork } from "../../models/architectures/focal-attention.ts";
import type { NetworkSettings } from "../../models/architectures/index.ts";
import type { FocalBiasSettings } from "../../models/layers/focal-bias.ts";
import type { ClassWeightSettings } from "../../models/losses/class-weights.ts";
import type { LossSettings } from "../../models/losses/index.ts";
import type { WeightingSettings } from "../../models/losses/patch-weightings.ts";
import { ConfigError } from "../volume/errors.ts";
import type { TrainingConfig } from "./training-schema.ts";

/** A method against imbalance, as a change of the training settings. */
export interface ImbalanceMethod {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** What it changes; two methods of one part cannot be combined. Parts are changed in this order. */
  readonly part: (typeof parts)[number];
  readonly apply: (config: TrainingConfig) => TrainingConfig;
}

const parts = [
  "network",
  "loss of voxels",
  "loss of regions",
  "class weights",
  "logits",
  "contrast",
  "sampling",
  "patches in competition",
  "patches by their loss",
] as const;

/** Every method; a new one is a row here. */
export const imbalanceMethods: readonly ImbalanceMethod[] = [
  weighted("inverse-frequency", "Class weights 1 / frequency", "Eigen 2015, arXiv:1411.4734"),
  weighted("square-root-inverse", "Class weights 1 / sqrt(frequency)", "Mahajan 2018, arXiv:1805.00932"),
  weighted("median-frequency", "Class weights median / frequency", "Eigen 2015, arXiv:1411.4734"),
  weighted("effective-number", "Class weights by the effective number of voxels", "Cui 2019, arXiv:1901.05555"),
  voxelLoss({ kind: "focal" }, "Focal loss", "Lin 2017, arXiv:1708.02002"),
  voxelLoss({ kind: "top-k-cross-entropy" }, "Cross entropy of the hardest voxels", "Wu 2016, arXiv:1605.06885"),
  voxelLoss({ kind: "dynamic-focal" }, "Focal loss that follows each class's validation Dice", "arXiv:2604.13479"),
  {
    ...voxelLoss({ kind: "dynamic-focal", follow: "batches" }, "The same, following the batches", "arXiv:2604.13479"),
    name: "dynamic-focal-batches",
  },
  regionLoss({ kind: "generalised-dice" }, "Dice weighted by one over volume squared", "Sudre 2017, arXiv:1707.03237"),
  regionLoss({ kind: "tversky" }, "Tversky loss: misses cost more than inventions", "Salehi 2017, arXiv:1706.05721"),
  regionLoss({ kind: "focal-tversky" }, "Focal Tversky loss", "Abraham 2019, arXiv:1810.07842"),
  {
    name: "unified-focal",
    title: "Asymmetric unified focal loss in the place of all others",
    source: "Yeung 2022, arXiv:2102.04525",
    part: "loss of voxels",
    apply: (config) => withTerms(config, [{ kind: "unified-focal" }]),
  },
  {
    name: "logit-adjustment",
    title: "Log frequency added to the logits in training",
    source: "Menon 2021, arXiv:2007.07314",
    part: "logits",
    apply: (config) => ({ ...config, loss: { ...config.loss, logitAdjustment: 1 } }),
  },
  {
    name: "class-balanced-sampling",
    title: "Patches around every class equally often",
    source: "Kang 2020, arXiv:1910.09217",
    part: "sampling",
    apply: (config) => ({ ...config, sampling: { kind: "class-balanced" } }),
  },
  {
    name: "hamr-sampling",
    title: "Hard patches and those that look like them more often",
    source: "arXiv:2604.18759",
    part: "sampling",
    apply: (config) => ({ ...config, sampling: { kind: "hamr" } }),
  },
  {
    name: "confusable-contrast",
    title: "Contrast of the features of classes that are taken for each other",
    source: "after arXiv:2604.21060",
    part: "contrast",
    apply: (config) => withTerms(config, [...config.loss.terms, { kind: "confusable-contrast", weight: 0.1 }]),
  },
  patchWeights("hamr-weights", { kind: "weight-network" }, "A small network weighs patches", "arXiv:2604.18759"),
  patchWeights("natural-selection", { kind: "natural-selection" }, "Losers of a mosaic count more", "arXiv:2604.12568"),
  patchWeights(
    "natural-selection-winners",
    { kind: "natural-selection", favours: "winners" },
    "Winners of a mosaic count more",
    "arXiv:2604.12568",
  ),
  attention("focal-attention", {}, "Learnt bias per class on attention to class tokens"),
  attention("focal-attention-anchored", { form: "anchored" }, "The same, about its prior"),
  attention("focal-attention-log", { prior: "log-frequency" }, "The same, started at -log frequency"),
  attention("focal-attention-fixed", { form: "fixed" }, "The prior alone as bias"),
];

/**
 * Training settings with methods against imbalance, by name and in any order.
 *
 * Errors: ConfigError C_IMBALANCE for a name that there is not, or two methods that exclude each other
 */
export function withImbalance(config: TrainingConfig, names: readonly string[]): TrainingConfig {
  const chosen = [...new Set(names)].map(methodNamed);
  return parts.reduce((changed, part) => {
    const [method, other] = chosen.filter((each) => each.part === part);
    if (other !== undefined) throw twoError(method, other);
    return method === undefined ? changed : method.apply(changed);
  }, config);
}

function methodNamed(name: string): ImbalanceMethod {
  const method = imbalanceMethods.find((each) => each.name === name);
  if (method !== undefined) return method;
  throw new ConfigError({
    code: "C_IMBALANCE",
    where: "imbalance",
    expected: imbalanceMethods.map((each) => each.name).join(", "),
    got: name,
    next: "rarevox models list says what each is",
  });
}

function twoError(method: ImbalanceMethod, other: ImbalanceMethod): ConfigError {
  return new ConfigError({
    code: "C_IMBALANCE",
    where: "imbalance",
    expected: `one method at most that changes the ${method.part}`,
    got: `${method.name} and ${other.name}`,
    next: "Leave one of them out",
  });
}

function withTerms(config: TrainingConfig, terms: readonly LossSettings[]): TrainingConfig {
  return { ...config, loss: { ...config.loss, terms } };
}

/** Losses of single voxels, which others take the place of. */
const voxelKinds: readonly LossSettings["kind"][] = ["cross-entropy", "focal", "top-k-cross-entropy", "dynamic-focal"];

/** Losses of whole regions, likewise. */
const regionKinds: readonly LossSettings["kind"][] = ["dice", "generalised-dice", "tversky", "focal-tversky"];

/** The first term of some kinds becomes another, at the same weight; where there is none, the other is added. */
function replaced(config: TrainingConfig, kinds: readonly LossSettings["kind"][], settings: LossSettings) {
  const { terms } = config.loss;
  const place = terms.findIndex(({ kind }) => kinds.includes(kind));
  if (place < 0) return withTerms(config, [...terms, settings]);
  const { weight } = terms[place];
  return withTerms(config, terms.with(place, { ...settings, ...(weight === undefined ? {} : { weight }) }));
}

function voxelLoss(settings: LossSettings, title: string, source: string): ImbalanceMethod {
  const apply = (config: TrainingConfig) => replaced(config, voxelKinds, settings);
  return { name: settings.kind, title, source, part: "loss of voxels", apply };
}

function regionLoss(settings: LossSettings, title: string, source: string): ImbalanceMethod {
  const apply = (config: TrainingConfig) => replaced(config, regionKinds, settings);
  return { name: settings.kind, title, source, part: "loss of regions", apply };
}

function weighted(kind: Exclude<ClassWeightSettings["kind"], "given">, title: string, source: string): ImbalanceMethod {
  const apply = (config: TrainingConfig) =>
    withTerms(
      config,
      config.loss.terms.map((term) =>
        term.kind === "cross-entropy" || term.kind === "focal" || term.kind === "top-k-cross-entropy"
          ? { ...term, classWeights: { kind } }
          : term,
      ),
    );
  return { name: kind, title, source, part: "class weights", apply };
}

function patchWeights(name: string, settings: WeightingSettings, title: string, source: string): ImbalanceMethod {
  const part = settings.kind === "weight-network" ? "patches by their loss" : "patches in competition";
  const apply = (config: TrainingConfig) => {
    const { patchWeights: former = [] } = config.loss;
    return { ...config, loss: { ...config.loss, patchWeights: [...former, settings] } };
  };
  return { name, title, source, part, apply };
}

function attention(name: string, settings: FocalBiasSettings, title: string): ImbalanceMethod {
  const apply = (config: TrainingConfig): TrainingConfig => {
    const network: NetworkSettings = focalAttentionNetwork(config.network, settings);
    return { ...config, network };
  };
  return { name, title, source: "arXiv:2604.13479", part: "network", apply };
}
