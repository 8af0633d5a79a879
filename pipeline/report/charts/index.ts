import type { Metric } from "../../evaluate/metrics/metric.ts";
import type { DatasetAnalysis } from "../analysis/analyse-dataset.ts";
import { metricTitle } from "../metric-title.ts";
import { confusionMap } from "./confusion-map.ts";
import { costScatter } from "./cost-scatter.ts";
import { exampleSlices } from "./example-slices.ts";
import type { Figure } from "./figure.ts";
import { rankBlobs } from "./rank-blobs.ts";
import { rareCurves } from "./rare-curves.ts";
import { scoreBoxes } from "./score-boxes.ts";

/** Metrics with box plots beside the main one; of two that measure the same the first that was measured. */
const boxedMetrics = [
  ["nsd", "area-nsd"],
  ["hd95", "area-hd95"],
];

/** All figures of a data set that its results allow; a new one is a line here. */
export function figuresOf(analysis: DatasetAnalysis, { resamples }: { readonly resamples: number }): readonly Figure[] {
  const { dataset, main, metrics, ranking, cases } = analysis;
  const others = boxedMetrics.flatMap(
    (keys) => metrics.find(({ metric }) => keys.includes(metric.key) && metric !== main?.metric) ?? [],
  );
  const boxed = [...(main === undefined ? [] : [main]), ...others];
  const title = main === undefined ? "score" : metricTitle(main.metric);
  return [
    ...boxed.map(({ metric }) => scoreBoxes(dataset, drawn(metric))),
    ranking && dataset.methods.length > 1
      ? rankBlobs(dataset, { ranking, metric: title, cases, resamples })
      : undefined,
    rareCurves(dataset),
    confusionMap(dataset, { cases }),
    costScatter(dataset, { costs: costsOf(analysis), metric: title, cases }),
    exampleSlices(dataset),
  ].filter((figure) => figure !== undefined);
}

function drawn(metric: Metric) {
  return { key: metric.key, title: metricTitle(metric), isShare: metric.best === 1 && metric.worst === 0 };
}

function costsOf({ overviews }: DatasetAnalysis) {
  return overviews.map(({ method, macro, cost }) => ({
    method: method.name,
    score: macro.value,
    low: macro.low,
    high: macro.high,
    trainingMinutes: cost.trainingSeconds / 60,
    parameterMillions: cost.parameters / 1e6,
  }));
}
