import { meanOf } from "../../evaluate/statistics/describe.ts";
import { groupedBy } from "../../evaluate/statistics/grouped.ts";
import type { CurvePoint, ReportedClass } from "../benchmark-results.ts";
import { rangeText, shareText } from "../number-text.ts";
import type { ReportedDataset } from "../reported-dataset.ts";
import type { Figure } from "./figure.ts";
import { colorScale, dashScale } from "./method-scale.ts";

/** How many of the rarest classes are drawn. */
const RAREST = 3;

/** Fewer steps than these are marked by points. */
const FEW_STEPS = 8;

const PANEL_WIDTH = 190;
const PANEL_HEIGHT = 170;

/** Validation Dice of the rarest classes over training; nothing where none was measured. */
export function rareCurves(dataset: ReportedDataset): Figure | undefined {
  const rarest = dataset.classes.slice(-RAREST);
  const rows = rarest.flatMap(({ name }) => rowsOf(dataset, name));
  if (rows.length === 0) return undefined;
  const runs = dataset.methods.map(({ name }) => {
    const own = rows.filter(({ method, kind }) => method === name && kind === "run");
    return new Set(own.map(({ run }) => run)).size;
  });
  return {
    name: `curves-${dataset.slug}`,
    title: `Validation Dice of the rarest classes while training: ${dataset.name}`,
    caption:
      `Dice on the validation cases over training steps for the ${rarest.length} rarest classes, rarest last. ` +
      `Thin lines are runs, one for each fold and seed (${rangeText(runs.filter((count) => count > 0))} per method); ` +
      "thick lines are means over the runs that have a value at a step.",
    alternative: `Line charts. ${rarest.map(({ name }) => `${name}: ${lastMeans(rows, name)}`).join("; ")}.`,
    chart: {
      spacing: 18,
      hconcat: rarest.map((each, index) => panelOf(each, { rows, dataset, isFirst: index === 0 })),
    },
  };
}

interface PanelOptions {
  readonly rows: readonly Row[];
  readonly dataset: ReportedDataset;
  readonly isFirst: boolean;
}

function panelOf({ name, frequency }: ReportedClass, { rows, dataset, isFirst }: PanelOptions) {
  const only = (kind: Row["kind"]) => [{ filter: { field: "kind", equal: kind } }];
  const method = { field: "method", type: "nominal" as const, legend };
  // A line of one point is none.
  const isShort = new Set(rows.map(({ step }) => step)).size < FEW_STEPS;
  return {
    title: { text: `${name} (${shareText(frequency)})`, limit: PANEL_WIDTH },
    width: PANEL_WIDTH,
    height: PANEL_HEIGHT,
    data: { values: rows.filter(({ label }) => label === name).map((row) => ({ ...row })) },
    encoding: {
      x: {
        field: "step",
        type: "quantitative" as const,
        title: "step",
        scale: { domain: [0, Math.max(...rows.map(({ step }) => step))], nice: false },
        axis: { tickCount: 3, labelFlush: false },
      },
      y: {
        field: "dice",
        type: "quantitative" as const,
        title: isFirst ? "validation Dice" : null,
        scale: { domain: [0, 1] },
      },
      color: { ...method, scale: colorScale(dataset.methods) },
      strokeDash: { ...method, scale: dashScale(dataset.methods) },
    },
    layer: [
      {
        transform: only("run"),
        mark: { type: "line" as const, strokeWidth: 0.8, strokeOpacity: 0.45, point: isShort && { size: 12 } },
        encoding: { detail: { field: "run", type: "nominal" as const } },
      },
      { transform: only("mean"), mark: { type: "line" as const, strokeWidth: 2.4, point: isShort && { size: 40 } } },
    ],
  };
}

const legend = {
  title: null,
  orient: "bottom" as const,
  columns: 2,
  labelLimit: 300,
  symbolType: "stroke",
  symbolStrokeWidth: 2.4,
  symbolSize: 400,
};

interface Row {
  readonly label: string;
  readonly method: string;
  readonly kind: "run" | "mean";
  readonly run: string;
  readonly step: number;
  readonly dice: number;
}

function rowsOf({ curves, methods }: ReportedDataset, label: string): readonly Row[] {
  return methods.flatMap(({ key, name }) => {
    const own = curves.filter((point) => point.method === key && point.label === label && !Number.isNaN(point.dice));
    const runs = own.map((point) => rowOf(point, { method: name, kind: "run", run: runOf(point) }));
    const means = [...groupedBy(own, ({ step }) => step)].map(([step, points]) => {
      const dice = meanOf(points.map((point) => point.dice));
      return rowOf({ label, step, dice }, { method: name, kind: "mean", run: "mean" });
    });
    return [...runs, ...means];
  });
}

function rowOf(
  { label, step, dice }: Pick<CurvePoint, "label" | "step" | "dice">,
  of: Pick<Row, "method" | "kind" | "run">,
): Row {
  return { label, ...of, step, dice };
}

function runOf({ fold, seed }: CurvePoint): string {
  return `fold ${fold}, seed ${seed}`;
}

function lastMeans(rows: readonly Row[], name: string): string {
  const means = rows.filter(({ label, kind }) => label === name && kind === "mean");
  const last = [...groupedBy(means, ({ method }) => method).values()].map((own) =>
    own.reduce((latest, row) => (row.step > latest.step ? row : latest)),
  );
  return last.map(({ method, step, dice }) => `${method} ${dice.toFixed(3)} at step ${step}`).join(", ") || "no values";
}
