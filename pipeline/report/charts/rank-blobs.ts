import type { Ranking } from "../../evaluate/statistics/ranking.ts";
import type { ChartLayer, ChartSpec } from "../draw-chart.ts";
import { counted, numberText } from "../number-text.ts";
import type { NamedMethod, ReportedDataset } from "../reported-dataset.ts";
import type { Figure } from "./figure.ts";
import { colorScale } from "./method-scale.ts";

/** An order of methods, and what it was made from. */
export interface DrawnRanking {
  readonly ranking: Ranking;
  /** Name of the metric. */
  readonly metric: string;
  readonly cases: number;
  readonly resamples: number;
}

const PLACE = 46;

/** Area of the circle of a method that always has the same place. Units: square units of the drawing */
const WHOLE = 900;

/** How firmly each method holds its place: how often it has each in bootstrap resamples of the patients. */
export function rankBlobs({ name, slug, methods }: ReportedDataset, drawn: DrawnRanking): Figure {
  const { ranking, metric, cases, resamples } = drawn;
  const nameOf = new Map(methods.map((method) => [method.key, method.name]));
  const ranked = ranking.methods.map((each) => ({ ...each, name: nameOf.get(each.method) ?? each.method }));
  const blobs = ranked.flatMap(({ name: method, placeShares }) =>
    placeShares.map((share, index) => ({ method, place: index + 1, share })).filter(({ share }) => share > 0),
  );
  const medians = ranked.map(({ name: method, resampledRank }) => ({ method, place: resampledRank.median }));
  return {
    name: `ranking-${slug}`,
    title: `Ranking stability: ${name}`,
    caption:
      `Places by the mean over classes of the mean ${metric}, in ${resamples} bootstrap resamples of the patients ` +
      `(${counted(cases, "held-out case")}): the area of a circle is the share of resamples in which a method has that place, ` +
      "equals sharing theirs; crosses are median ranks. Methods are in the order of all cases. " +
      `Kendall's tau with that order: mean ${numberText(ranking.kendallTau.mean, 2)}.`,
    alternative: `Circles for places. ${ranked.map(({ name: method, placeShares }) => `${method} ${sharesOf(placeShares)}`).join("; ")}.`,
    chart: chartOf({ blobs, medians, methods, order: ranked.map((each) => each.name) }),
  };
}

interface Blobs {
  readonly blobs: readonly { readonly method: string; readonly place: number; readonly share: number }[];
  readonly medians: readonly { readonly method: string; readonly place: number }[];
  readonly methods: readonly NamedMethod[];
  /** Names, the best first. */
  readonly order: readonly string[];
}

function chartOf({ blobs, medians, methods, order }: Blobs): ChartSpec {
  return {
    width: PLACE * (order.length + 1),
    height: { step: PLACE * 0.8 },
    encoding: {
      x: {
        field: "place",
        type: "quantitative",
        title: "place (1 is best)",
        scale: { domain: [0.5, order.length + 0.5], nice: false },
        axis: { values: order.map((_, index) => index + 1), format: "d" },
      },
      y: {
        field: "method",
        type: "nominal",
        title: null,
        scale: { domain: [...order] },
        axis: { grid: true, ticks: false, domain: false, labelLimit: 260 },
      },
    },
    layer: [blobLayer(blobs, methods), medianLayer(medians)],
  };
}

function blobLayer(blobs: Blobs["blobs"], methods: Blobs["methods"]): ChartLayer {
  return {
    data: { values: blobs.map((blob) => ({ ...blob })) },
    mark: { type: "circle", fillOpacity: 0.85 },
    encoding: {
      size: {
        field: "share",
        type: "quantitative",
        scale: { domain: [0, 1], range: [0, WHOLE] },
        legend: {
          title: "share of resamples",
          values: [0.05, 0.25, 0.5, 1],
          format: ".0%",
          symbolFillColor: "#777777",
        },
      },
      color: { field: "method", type: "nominal", scale: colorScale(methods), legend: null },
    },
  };
}

function medianLayer(medians: Blobs["medians"]): ChartLayer {
  return {
    data: { values: medians.map((median) => ({ ...median })) },
    mark: { type: "point", shape: "cross", filled: true, size: 70, color: "black", stroke: "white", strokeWidth: 0.8 },
  };
}

function sharesOf(placeShares: readonly number[]): string {
  const held = placeShares.flatMap((share, index) =>
    share > 0 ? [`place ${index + 1} in ${(share * 100).toFixed(0)} %`] : [],
  );
  return held.join(", ");
}
