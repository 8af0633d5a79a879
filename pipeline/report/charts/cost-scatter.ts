import { definedOf } from "../../evaluate/statistics/describe.ts";
import { counted } from "../number-text.ts";
import type { NamedMethod, ReportedDataset } from "../reported-dataset.ts";
import type { Figure } from "./figure.ts";
import { colorScale, shapeScale } from "./method-scale.ts";

/** What a method reached and what it cost. */
export interface MethodCost {
  /** Name, as the data set lists it. */
  readonly method: string;
  readonly score: number;
  /** Interval of the score; NaN where there is none. */
  readonly low: number;
  readonly high: number;
  readonly trainingMinutes: number;
  readonly parameterMillions: number;
}

const PANEL_WIDTH = 270;
const PANEL_HEIGHT = 210;

/** Room above and below one score alone, as a share of it. */
const NARROWEST = 0.02;

/** What is reached for the time and the parameters spent; nothing where no cost was measured. */
export function costScatter(
  { name, slug, methods }: ReportedDataset,
  { costs, metric, cases }: { readonly costs: readonly MethodCost[]; readonly metric: string; readonly cases: number },
): Figure | undefined {
  const axes = [
    { field: "trainingMinutes", title: "training time of a run (minutes)" },
    { field: "parameterMillions", title: "parameters (millions)" },
  ] as const;
  const panels = axes.flatMap(({ field, title }) => {
    const rows = costs.filter((each) => each[field] > 0 && !Number.isNaN(each.score));
    return rows.length === 0 ? [] : [{ field, title, rows }];
  });
  if (panels.length === 0) return undefined;
  return {
    name: `costs-${slug}`,
    title: `What accuracy costs: ${name}`,
    caption:
      `Mean over classes of the mean ${metric} of ${counted(cases, "held-out case")} against the mean training time of a ` +
      "run and the number of parameters, both on logarithmic axes. Bars are 95 % BCa bootstrap intervals by patient. Time was taken on the machine named above.",
    alternative: `Scatter plots. ${costs.map(textOf).join("; ")}.`,
    chart: {
      spacing: 24,
      hconcat: panels.map((panel, index) => panelOf(panel, { methods, metric, isFirst: index === 0 })),
    },
  };
}

interface Panel {
  readonly field: "trainingMinutes" | "parameterMillions";
  readonly title: string;
  readonly rows: readonly MethodCost[];
}

interface PanelOptions {
  readonly methods: readonly NamedMethod[];
  readonly metric: string;
  readonly isFirst: boolean;
}

function panelOf({ field, title, rows }: Panel, { methods, metric, isFirst }: PanelOptions) {
  const scale = { domain: scoreDomainOf(rows), nice: true, zero: false };
  const y = { type: "quantitative" as const, scale, axis: { tickCount: 5 } };
  const method = { field: "method", type: "nominal" as const, legend };
  return {
    width: PANEL_WIDTH,
    height: PANEL_HEIGHT,
    data: { values: rows.map((row) => ({ ...row })) },
    encoding: {
      x: {
        field,
        type: "quantitative" as const,
        title,
        scale: { type: "log" as const, domain: domainOf(rows, field), nice: false },
        axis: { values: roundNumbers, format: "~r", labelFlush: false },
      },
      color: { ...method, scale: colorScale(methods) },
    },
    layer: [
      {
        transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }],
        mark: { type: "rule" as const, strokeWidth: 1.4 },
        encoding: {
          y: { ...y, field: "low", title: isFirst ? `mean ${metric} over classes` : null },
          y2: { field: "high" },
        },
      },
      {
        mark: { type: "point" as const, filled: true, size: 80 },
        encoding: { y: { ...y, field: "score" }, shape: { ...method, scale: shapeScale(methods) } },
      },
    ],
  };
}

/** Values of an axis that are easy to read. */
const roundNumbers = Array.from({ length: 10 }, (_, n) => [1, 2, 5].map((digit) => digit * 10 ** (n - 4))).flat();

/** A little more than the values take, and room for two round numbers. */
function domainOf(rows: readonly MethodCost[], field: Panel["field"]): [number, number] {
  const values = rows.map((row) => row[field]);
  return [Math.min(...values) / 1.6, Math.max(...values) * 1.6];
}

/** All intervals, and not so narrow that chance looks like a difference. */
function scoreDomainOf(costs: readonly MethodCost[]): [number, number] {
  const ends = definedOf(costs.flatMap(({ score, low, high }) => [score, low, high]));
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const margin = Math.max(0.1 * (most - least), NARROWEST * Math.abs(most));
  return [least - margin, most + margin];
}

const legend = { title: null, orient: "bottom" as const, columns: 2, labelLimit: 300 };

function textOf({ method, score, trainingMinutes, parameterMillions }: MethodCost): string {
  const reached = Number.isNaN(score) ? "no score" : score.toFixed(3);
  return `${method}: ${reached}, ${trainingMinutes.toFixed(1)} minutes, ${parameterMillions.toFixed(2)} million parameters`;
}
