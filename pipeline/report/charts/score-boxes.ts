import { definedOf } from "../../evaluate/statistics/describe.ts";
import type { ReportedClass } from "../benchmark-results.ts";
import type { ChartLayer, ChartSpec } from "../draw-chart.ts";
import { rangeText, shareText } from "../number-text.ts";
import type { ReportedDataset } from "../reported-dataset.ts";
import { type Box, boxOf } from "./box-of.ts";
import type { Figure } from "./figure.ts";
import { colorScale } from "./method-scale.ts";

/** Metric whose scores are drawn. */
export interface DrawnMetric {
  readonly key: string;
  /** Name, with the unit. */
  readonly title: string;
  /** Whether no score is above 1. */
  readonly isShare: boolean;
}

/** Panels beside one another, and the room that each has. */
const COLUMNS = 3;
const PANEL_WIDTH = 190;
const METHOD_HEIGHT = 24;
const BOX_HEIGHT = 15;
const LABEL_LIMIT = 260;

/** Box plots of each class with a point for each case, a row for each method; nothing where no case has a score. */
export function scoreBoxes(dataset: ReportedDataset, metric: DrawnMetric): Figure | undefined {
  const panels = dataset.classes.map((each) => ({ each, rows: rowsOf(dataset, { each, metric }) }));
  const counts = panels.flatMap(({ rows }) => rows.flatMap((row) => (row.kind === "box" ? [row.count] : [])));
  if (counts.length === 0) return undefined;
  return {
    name: `boxes-${metric.key}-${dataset.slug}`,
    title: `${metric.title} by class and method: ${dataset.name}`,
    caption:
      `${metric.title} of held-out cases, ${rangeText(counts)} per row. Points are cases, each averaged over ` +
      "its runs; boxes reach from the first to the third quartile, lines are medians, diamonds means; whiskers end at " +
      "the outermost cases within 1.5 interquartile ranges of the box. Cases without a value are left out. " +
      "Percentages are the class's share of all voxels. Axes differ between classes.",
    alternative: `Box plots. ${panels.map(({ each, rows }) => `${each.name}: ${mediansOf(rows)}`).join("; ")}.`,
    chart: chartOf(panels, { dataset, metric }),
  };
}

type Row = { readonly method: string } & (
  | ({ readonly kind: "box" } & Box)
  | { readonly kind: "case"; readonly case: string; readonly value: number; readonly jitter: number }
);

function rowsOf(
  { methods, scores }: ReportedDataset,
  { each, metric }: { readonly each: ReportedClass; readonly metric: DrawnMetric },
): readonly Row[] {
  const own = scores.filter(({ label, metric: key }) => label === each.name && key === metric.key);
  return methods.flatMap(({ key, name }): readonly Row[] => {
    const values = own.filter(({ method }) => method === key);
    const box = boxOf(values.map(({ value }) => value));
    const points = values.map((score, index) => ({
      method: name,
      kind: "case" as const,
      case: score.case,
      value: score.value,
      jitter: jitter(index),
    }));
    const defined = points.filter(({ value }) => !Number.isNaN(value));
    return box === undefined ? [] : [{ method: name, kind: "box", ...box }, ...defined];
  });
}

/** Evenly spread from -1 to 1 however many there are: steps by the golden ratio. */
function jitter(index: number): number {
  return 2 * ((index * 0.6180339887498949) % 1) - 1;
}

function mediansOf(rows: readonly Row[]): string {
  const texts = rows.flatMap((row) => (row.kind === "box" ? [`${row.method} median ${row.median.toFixed(3)}`] : []));
  return texts.length === 0 ? "no values" : texts.join(", ");
}

interface Panel {
  readonly each: ReportedClass;
  readonly rows: readonly Row[];
}

function chartOf(
  panels: readonly Panel[],
  { dataset, metric }: { readonly dataset: ReportedDataset; readonly metric: DrawnMetric },
): ChartSpec {
  const color = { field: "method", type: "nominal" as const, scale: colorScale(dataset.methods), legend: null };
  return {
    columns: COLUMNS,
    spacing: { row: 16, column: 18 },
    concat: panels.map(({ each, rows }, index) => ({
      title: { text: `${each.name} (${shareText(each.frequency)})`, limit: PANEL_WIDTH },
      width: PANEL_WIDTH,
      height: METHOD_HEIGHT * dataset.methods.length,
      data: { values: rows.map((row) => ({ ...row })) },
      encoding: {
        y: {
          field: "method",
          type: "nominal",
          title: null,
          scale: { domain: color.scale.domain },
          axis:
            index % COLUMNS === 0 ? { labelLimit: LABEL_LIMIT, labelPadding: 8, ticks: false, domain: false } : null,
        },
        color,
      },
      layer: layersOf({ metric, rows, color, isLast: index + COLUMNS >= panels.length }),
    })),
  };
}

interface Layers {
  readonly metric: DrawnMetric;
  readonly rows: readonly Row[];
  readonly color: { readonly field: string; readonly type: "nominal"; readonly scale: object; readonly legend: null };
  readonly isLast: boolean;
}

function layersOf({ metric, rows, color, isLast }: Layers): ChartLayer[] {
  const x = (field: string) => ({
    field,
    type: "quantitative" as const,
    title: isLast ? metric.title : null,
    axis: { tickCount: 4, labelFlush: false },
    scale: metric.isShare ? { domain: shareDomain(rows), nice: false } : { zero: true },
  });
  const only = (kind: Row["kind"]) => [{ filter: { field: "kind", equal: kind } }];
  const box = { transform: only("box") };
  const body = { height: BOX_HEIGHT, strokeWidth: 1 };
  return [
    {
      transform: only("case"),
      mark: { type: "circle", size: 15, fillOpacity: 0.55 },
      encoding: { x: x("value"), yOffset: { field: "jitter", type: "quantitative", scale: { domain: [-2, 2] } } },
    },
    { ...box, mark: { type: "rule", strokeWidth: 1 }, encoding: { x: x("low"), x2: { field: "q1" } } },
    { ...box, mark: { type: "rule", strokeWidth: 1 }, encoding: { x: x("q3"), x2: { field: "high" } } },
    {
      ...box,
      mark: { type: "bar", fillOpacity: 0.2, ...body },
      encoding: { x: x("q1"), x2: { field: "q3" }, stroke: color },
    },
    { ...box, mark: { type: "tick", height: BOX_HEIGHT, thickness: 2 }, encoding: { x: x("median") } },
    {
      ...box,
      mark: { type: "point", shape: "diamond", size: 30, fill: "white", fillOpacity: 1, strokeWidth: 1.2, opacity: 1 },
      encoding: { x: x("mean") },
    },
  ];
}

/** From the tenth below the least score up to 1, at least a fifth wide. */
function shareDomain(rows: readonly Row[]): [number, number] {
  const values = definedOf(rows.flatMap((row) => (row.kind === "case" ? [row.value] : [])));
  return [Math.max(0, Math.min(0.8, Math.floor(Math.min(...values) * 10) / 10)), 1];
}
