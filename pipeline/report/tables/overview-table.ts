import type { DatasetAnalysis } from "../analysis/analyse-dataset.ts";
import type { MethodOverview } from "../analysis/method-overviews.ts";
import { metricDigits, metricTitle } from "../metric-title.ts";
import { casesText, intervalText, numberText } from "../number-text.ts";
import { NOTHING, type Table, type TableCell } from "./table.ts";

/** Each method over all classes; nothing where there is no score. */
export function overviewTable(analysis: DatasetAnalysis): Table | undefined {
  const { dataset, main, overviews, ranking } = analysis;
  if (main === undefined) return undefined;
  const { metric } = main;
  const digits = metricDigits(metric);
  const best = bestOf(overviews, metric.better);
  const firstShares = new Map(ranking?.methods.map(({ method, firstShare }) => [method, firstShare]));
  return {
    name: `overview-${dataset.slug}`,
    title: `${metricTitle(metric)} over all classes: ${dataset.name}, ${casesText(analysis)}`,
    columns: [
      { title: "Method", align: "left" },
      { title: "macro mean [95 % CI]", align: "right" },
      { title: "weighted mean", align: "right" },
      { title: "worst class", align: "left" },
      { title: "worst decile", align: "right" },
      { title: "first place", align: "right" },
      { title: "runs", align: "right" },
    ],
    groups: [
      {
        rows: overviews.map(({ method, macro, weighted, worstClass, worstDecile, cells }): readonly TableCell[] => [
          { text: method.name },
          boldIf(macro.value === best.macro, Number.isNaN(macro.value) ? NOTHING : intervalText(macro, digits)),
          boldIf(weighted === best.weighted, numberText(weighted, digits)),
          { text: worstClass === undefined ? NOTHING : `${numberText(worstClass.mean, digits)} ${worstClass.label}` },
          boldIf(worstDecile === best.worstDecile, numberText(worstDecile, digits)),
          { text: firstPlaceText(firstShares.get(method.key)) },
          { text: runsText(cells) },
        ]),
      },
    ],
    notes: [
      "Macro mean: mean of the class means, all classes alike, with 95 % BCa bootstrap interval, patients drawn. Weighted " +
        "mean: class means by the classes' share of voxels. Classes without a value stay out of both. Worst class: the " +
        "least favourable class mean. Worst decile: mean of the worst tenth of the cases, a case being the mean of its " +
        "classes. First place: share of bootstrap resamples in which the method has the best macro mean. Runs: folds " +
        "and seeds that came to scores; failed and missing ones behind them. Bold: best.",
    ],
  };
}

function bestOf(overviews: readonly MethodOverview[], better: string) {
  const pick = (values: readonly number[]) => {
    const defined = values.filter((value) => !Number.isNaN(value));
    return better === "higher" ? Math.max(...defined) : Math.min(...defined);
  };
  return {
    macro: pick(overviews.map(({ macro }) => macro.value)),
    weighted: pick(overviews.map(({ weighted }) => weighted)),
    worstDecile: pick(overviews.map(({ worstDecile }) => worstDecile)),
  };
}

function boldIf(isBold: boolean, text: string): TableCell {
  return { text, isBold };
}

function firstPlaceText(share: number | undefined): string {
  return share === undefined || Number.isNaN(share) ? NOTHING : `${(share * 100).toFixed(0)} %`;
}

function runsText({ done, failed, missing }: MethodOverview["cells"]): string {
  const rest = [...(failed > 0 ? [`${failed} failed`] : []), ...(missing > 0 ? [`${missing} missing`] : [])];
  return `${done}${rest.length === 0 ? "" : ` (${rest.join(", ")})`}`;
}
