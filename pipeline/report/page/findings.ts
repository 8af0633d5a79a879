import type { DatasetAnalysis } from "../analysis/analyse-dataset.ts";
import { type MetricResults, SIGNIFICANT } from "../analysis/metric-results.ts";
import { metricDigits, metricTitle } from "../metric-title.ts";
import { intervalText, numberText, shareText } from "../number-text.ts";

/** What a data set's numbers say, in a sentence or two each. */
export function findingsOf(analysis: DatasetAnalysis, { baseline }: { readonly baseline: string }): readonly string[] {
  const { dataset, main, overviews, ranking, cases, patients } = analysis;
  if (main === undefined) return [`${dataset.name}: no run came to a score.`];
  const size = `${dataset.name}: ${cases} held-out cases of ${patients} patients, ${dataset.classes.length} classes.`;
  const first = ranking?.methods[0];
  const best = overviews.find(({ method }) => method.key === first?.method);
  if (best === undefined || first === undefined) return [size];
  const digits = metricDigits(main.metric);
  const firm =
    dataset.methods.length > 1 ? ` It comes first in ${(first.firstShare * 100).toFixed(0)} % of resamples.` : "";
  return [
    size,
    `Best mean ${metricTitle(main.metric)} over all classes: ${best.method.name}, ${intervalText(best.macro, digits)} (95 % CI).${firm}`,
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
    `Rarest class: ${rarest.name} (${shareText(rarest.frequency)} of all voxels). Best: ${nameOf(best.method)}, ` +
    `${metricTitle(main.metric)} ${intervalText(best.mean, digits)}`;
  const compared = main.againstBaseline.find(({ label, first }) => label === rarest.name && first === best.method);
  if (compared === undefined) return [`${start}.`];
  const { meanDifference, wilcoxon } = compared;
  const verdict = wilcoxon.holmPValue < SIGNIFICANT ? "significant" : "not significant";
  const difference = `${meanDifference.value > 0 ? "+" : ""}${intervalText(meanDifference, digits)}`;
  return [
    `${start}; ${difference} against ${nameOf(baseline)} on the same ${compared.pairs} cases, ` +
      `${verdict} (Holm-adjusted p ${pText(wilcoxon.holmPValue)}).`,
  ];
}

function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : `= ${numberText(p, 3)}`;
}
