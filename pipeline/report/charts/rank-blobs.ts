import type { Ranking } from "../../evaluate/statistics/ranking.ts";
import type { ReportedDataset } from "../reported-dataset.ts";
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
  const order = ranked.map((each) => each.name);
  const places = order.map((_, index) => index + 1);
  const y = { field: "method", type: "nominal" as const, title: null, scale: { domain: order } };
  const x = { field: "place", type: "quantitative" as const, title: "place (1 is best)" };
  return {
    name: `ranking-${slug}`,
    title: `Ranking stability: ${name}`,
    caption:
      `Places by the mean over classes of the mean ${metric}, in ${resamples} bootstrap resamples of the patients ` +
      `(${cases} cases): the area of a circle is the share of resamples in which a method has that place, ` +
      "equals sharing theirs; crosses are median ranks. Methods are in the order of all cases. " +
      `Kendall's tau with that order: mean ${ranking.kendallTau.mean.toFixed(2)}.`,
    alternative: `Circles for places. ${ranked.map(({ name: method, placeShares }) => `${method} ${sharesOf(placeShares)}`).join("; ")}.`,
    chart: {
      width: PLACE * (order.length + 1),
      height: { step: PLACE * 0.8 },
      encoding: {
        x: { ...x, scale: { domain: [0.5, order.length + 0.5], nice: false }, axis: { values: places, format: "d" } },
        y: { ...y, axis: { grid: true, ticks: false, domain: false, labelLimit: 260 } },
      },
      layer: [
        {
          data: { values: blobs },
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
        },
        {
          data: { values: medians },
          mark: {
            type: "point",
            shape: "cross",
            filled: true,
            size: 70,
            color: "black",
            stroke: "white",
            strokeWidth: 0.8,
            opacity: 1,
          },
        },
      ],
    },
  };
}

function sharesOf(placeShares: readonly number[]): string {
  const held = placeShares.flatMap((share, index) =>
    share > 0 ? [`place ${index + 1} in ${(share * 100).toFixed(0)} %`] : [],
  );
  return held.join(", ");
}
