import { version } from "../../volume/version.ts";
import { bodyRule } from "../body-mask.ts";
import { emptyRules } from "../empty-rule.ts";
import { isMeasured } from "../evaluate-cases.ts";
import type { Evaluation } from "../evaluation.ts";
import type { RegionChoice } from "../region-choice.ts";

/** By which rules the numbers were made, in sentences for the methods section of a paper; one paragraph each. */
export function rulesText(evaluation: Evaluation): readonly string[] {
  return [
    casesText(evaluation),
    metricsText(evaluation),
    emptyText(evaluation),
    summaryText(evaluation),
    ...(evaluation.methods.length > 1 ? [comparisonText(evaluation)] : []),
  ];
}

function casesText({ methods: [{ cases }], classes, rules, groups }: Evaluation): string {
  const measured = cases.filter(isMeasured);
  const patients = groups.get("patient");
  const patientCount = new Set(measured.map((each) => patients?.get(each.case))).size;
  const whose = patients === undefined ? "" : ` of ${counted(patientCount, "patient")}`;
  const names = classes.map(({ name }) => name).join(", ");
  const source = rules.classList === undefined ? "all labels of the references" : `listed in ${rules.classList}`;
  const refused = cases.length - measured.length;
  const resampled = measured.filter(({ wasResampled }) => wasResampled).length;
  return sentences([
    `Predicted label maps of ${counted(measured.length, "case")}${whose} were compared with reference label maps in ` +
      `${counted(classes.length, "class", "classes")} (${names}; ${source}) using rarevox ${version}`,
    refused === 0
      ? ""
      : `${counted(refused, "case")} could not be compared and ${refused === 1 ? "is" : "are"} in no number`,
    rules.missing === "empty" ? "A case without a prediction counted as predicted empty" : "",
    rules.ignoreLabel === undefined ? "" : `Voxels that the reference labels ${rules.ignoreLabel} did not count`,
    rules.resample
      ? `Predictions on another grid than the reference's (${resampled} of ${measured.length}) were put on it: each ` +
        "class's mask by linear interpolation, the class with the largest share winning"
      : "Prediction and reference had to share their grid; nothing was resampled",
  ]);
}

function metricsText({ metrics, rules }: Evaluation): string {
  const meanings = metrics.map(
    ({ key, unit, description }) => `${key}${unit === "" ? "" : ` in ${unit}`} (${description})`,
  );
  const isUsed = (pattern: RegExp) => metrics.some(({ key }) => pattern.test(key));
  return sentences([
    `Metrics, per class and case: ${meanings.join(", ")}`,
    isUsed(/nsd/) ? `The tolerance of surface Dice was ${toleranceText(rules.toleranceMm)}` : "",
    isUsed(/^(prevalence|o-)/) ? `The prevalence was taken in ${regionText(rules.region)}` : "",
    isUsed(/^(lesion|panoptic)/)
      ? `Lesions were regions of voxels that share ${sharedBy[rules.lesionConnectivity]}`
      : "",
  ]);
}

/** What neighbours share. */
const sharedBy = { 6: "a face", 18: "a face or an edge", 26: "a face, an edge or a corner" } as const;

/** The tolerance most classes have, and those that have another. */
function toleranceText(toleranceMm: Readonly<Record<string, number>>): string {
  const values = Object.values(toleranceMm);
  const countOf = (value: number) => values.filter((each) => each === value).length;
  const [usual] = [...new Set(values)].sort((first, second) => countOf(second) - countOf(first));
  const others = Object.entries(toleranceMm).filter(([, mm]) => mm !== usual);
  return [`${usual} mm`, ...others.map(([name, mm]) => `${mm} mm for ${name}`)].join(", ");
}

/** Where the prevalence is taken, in words. */
export function regionText(region: RegionChoice): string {
  if (region.kind === "box")
    return `the box around the class in the reference, ${region.marginMm} mm larger on each side`;
  if (region.kind === "whole") return "the whole field of the reference";
  const rule =
    region.above === undefined
      ? bodyRule
      : `the largest connected region of voxels above ${region.above}, holes filled`;
  return `the body (${rule}) and wherever the reference is`;
}

function emptyText({ rules: { emptyRule } }: Evaluation): string {
  return sentences([
    `Empty masks, rule "${emptyRule}": ${emptyRules[emptyRule]}`,
    "The number of cases behind each mean is given beside it",
  ]);
}

function summaryText({ rules: { unit, level, resamples, seed }, metrics }: Evaluation): string {
  const hasDice = metrics.some(({ key }) => key === "dice");
  return sentences([
    "Values are given as mean ± standard deviation of the sample and median with quartiles (linear interpolation)",
    `Intervals of means are ${100 * level} % bias-corrected and accelerated bootstrap intervals (Efron 1987) from ` +
      `${resamples} resamples of ${unit}s, seed ${seed}; * marks percentile intervals where these are not defined`,
    "The mean over classes gives each class the same weight, the weighted mean its share of the reference volume; a " +
      "class without any defined value stays out of both",
    "The worst decile is the mean of the worst tenth of the values",
    hasDice ? "A failure is a Dice below 0.1" : "",
  ]);
}

function comparisonText({ methods, rules: { unit } }: Evaluation): string {
  return sentences([
    `${methods.length} sets of predictions were compared pairwise on the cases that both have a defined value of, class by ` +
      `class, with the ${unit} as unit: Wilcoxon's signed-rank test (exact up to 100 pairs) and a sign-flip permutation ` +
      "test, both two-sided, p values adjusted by Holm's method over all classes and pairs of one metric",
    "A case whose value is not defined in one of two sets is in no test of the two, and in no mean of the set: a set " +
      "gains by distances of classes that it misses, unless the rule for empty masks is worst-case",
    methods.length > 2
      ? "They were ranked by mean value and by mean rank over classes, with the share of bootstrap resamples in which " +
        "each comes first (Wiesenfarth 2021)"
      : "",
  ]);
}

function sentences(texts: readonly string[]): string {
  return texts.flatMap((text) => (text === "" ? [] : [`${text}.`])).join(" ");
}

function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
