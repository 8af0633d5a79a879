import type { DatasetAnalysis } from "../analysis/analyse-dataset.ts";
import { type MetricResults, SIGNIFICANT } from "../analysis/metric-results.ts";
import { metricDigits, metricTitle } from "../metric-title.ts";
import { casesText, counted, intervalText, numberText, shareText } from "../number-text.ts";

/** What a data set's numbers say, in a sentence or two each. */
export function findingsOf(analysis: DatasetAnalysis, { baseline }: { readonly baseline: string }): readonly string[] {
  const { dataset, main, overviews, ranking } = analysis;
  if (main === undefined) return [`${dataset.name}: no run came to a score.`];
  const size = `${dataset.name}: ${casesText(analysis)}, classes: ${dataset.classes.length}.`;
  const first = ranking?.methods[0];
  const best = overviews.find(({ method }) => method.key === first?.method);
  if (best === undefined || first === undefined || Number.isNaN(best.macro.value)) return [size];
  const level = Number.isNaN(best.macro.low) ? "" : " (95 % CI)";
  const reached = `${intervalText(best.macro, metricDigits(main.metric))}${level}`;
  const isAlone = dataset.methods.length === 1;
  const firm = isAlone ? "" : ` It comes first in ${(first.firstShare * 100).toFixed(0)} % of resamples.`;
  return [
    size,
    `Best mean ${metricTitle(main.metric)} over all classes of ${dataset.name}: ${best.method.name}, ${reached}.${firm}`,
    ...rarestFinding(analysis, main, baseline),
  ];
}

/** What became of the rarest class with a score. */
function rarestFinding({ dataset }: DatasetAnalysis, main: MetricResults, baseline: string): readonly string[] {
  const hasScore = (name: string) => main.rows.some(({ label, isBest }) => label === name && isBest);
  const rarest = dataset.classes.findLast(({ name }) => hasScore(name));
  const best = main.rows.find(({ label, isBest }) => label === rarest?.name && isBest);
  if (rarest === undefined || best === undefined) return [];
  const nameOf = (key: string) => dataset.methods.find((method) => method.key === key)?.name ?? key;
  const digits = metricDigits(main.metric);
  const start =
    `Rarest class of ${dataset.name}: ${rarest.name} (${shareText(rarest.frequency)} of all voxels). Best: ${nameOf(best.method)}, ` +
    `${metricTitle(main.metric)} ${intervalText(best.mean, digits)}`;
  const compared = main.againstBaseline.find(({ label, first }) => label === rarest.name && first === best.method);
  if (compared === undefined) return [`${start}.`];
  const { meanDifference, wilcoxon } = compared;
  const verdict = wilcoxon.holmPValue < SIGNIFICANT ? "significant" : "not significant";
  const difference = `${meanDifference.value > 0 ? "+" : ""}${intervalText(meanDifference, digits)}`;
  return [
    `${start}; ${difference} against ${nameOf(baseline)} (${counted(compared.pairs, "case")} in common), ` +
      `${verdict} (Holm-adjusted p ${pText(wilcoxon.holmPValue)}).`,
  ];
}

function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : `= ${numberText(p, 3)}`;
}
