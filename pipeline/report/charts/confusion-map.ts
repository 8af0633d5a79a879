import type { Confusion } from "../benchmark-results.ts";
import { counted, plainText } from "../number-text.ts";
import type { ReportedDataset } from "../reported-dataset.ts";
import type { Figure } from "./figure.ts";

/** Room of all panels beside one another, between them, and of a cell. */
const WIDTH = 860;
const GAP = 24;
const CELL = 34;
const LABEL_LIMIT = 110;

/** More classes than these leave no room for numbers. */
const MOST_WITH_NUMBERS = 12;
const NARROW_CELL = 15;

/** Smallest share that the colours tell from the next: one voxel in a hundred thousand. */
const LEAST = 1e-5;

/** Shares so great that their number is read on dark ground. */
const DARK = 0.02;

/** Which classes each class is taken for, a map for each method; nothing where it was not counted. */
export function confusionMap(
  { name, slug, methods, confusions }: ReportedDataset,
  { cases }: { readonly cases: number },
): Figure | undefined {
  const maps = methods.flatMap((method) => {
    const own = confusions.find((each) => each.method === method.key);
    return own === undefined ? [] : [{ method: method.name, labels: own.labels, rows: rowsOf(own) }];
  });
  if (maps.length === 0) return undefined;
  const columns = columnsOf(maps.length, Math.max(...maps.map(({ labels }) => labels.length)));
  return {
    name: `confusion-${slug}`,
    title: `Which class is taken for which: ${name}`,
    caption:
      "Share of each reference class's voxels (rows, summing to 100 %) that were given to each class (columns), in per cent; " +
      `voxels of ${counted(cases, "held-out case")} and all runs of a method together. Colours are on a logarithmic scale, ` +
      "for most voxels are background; grey cells hold no voxel, " +
      `shares below ${LEAST * 100} % have the lightest colour.`,
    alternative: `Heat maps. ${maps.map(({ method, rows }) => `${method}: ${diagonalOf(rows)}`).join("; ")}.`,
    chart: {
      columns,
      spacing: { row: 20, column: GAP },
      concat: maps.map((map, index) =>
        panelOf(map, { isFirst: index % columns === 0, isLast: index + columns >= maps.length }),
      ),
    },
  };
}

/** So many panels beside one another that they fit and the rows are even. */
function columnsOf(panels: number, labels: number): number {
  const most = Math.max(1, Math.floor((WIDTH - LABEL_LIMIT) / (labels * cellOf(labels) + GAP)));
  return Math.ceil(panels / Math.ceil(panels / most));
}

function cellOf(labels: number): number {
  return labels <= MOST_WITH_NUMBERS ? CELL : NARROW_CELL;
}

interface Row {
  readonly reference: string;
  readonly predicted: string;
  /** NaN in the row of a class that no case has. */
  readonly share: number;
  readonly text: string;
}

function rowsOf({ labels, voxels }: Confusion): readonly Row[] {
  return labels.flatMap((reference, row) => {
    const total = voxels[row].reduce((sum, count) => sum + count, 0);
    return labels.map((predicted, column) => {
      const share = voxels[row][column] / total;
      return { reference, predicted, share, text: textOf(share) };
    });
  });
}

/** Per cent with the digits that fit into a cell. */
function textOf(share: number): string {
  if (!(share > 0)) return "";
  if (share < LEAST) return "<.001";
  if (share > 0.995 && share < 1) return share < 0.9995 ? (share * 100).toFixed(1) : ">99.9";
  return plainText(share * 100, share < 0.001 ? 1 : 2).replace(/^0\./, ".");
}

function diagonalOf(rows: readonly Row[]): string {
  const own = rows.filter(({ reference, predicted, share }) => reference === predicted && !Number.isNaN(share));
  return own.map(({ reference, share }) => `${reference} ${(share * 100).toFixed(1)} % found`).join(", ");
}

interface Map {
  readonly method: string;
  readonly labels: readonly string[];
  readonly rows: readonly Row[];
}

function panelOf(
  { method, labels, rows }: Map,
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
) {
  const step = cellOf(labels.length);
  const domain = [...labels];
  const axis = { labelLimit: LABEL_LIMIT, domain: false, ticks: false };
  return {
    title: { text: method, limit: 300 },
    width: { step },
    height: { step },
    data: { values: rows.map((row) => ({ ...row, drawn: Math.max(row.share, LEAST) })) },
    encoding: {
      x: {
        field: "predicted",
        type: "nominal" as const,
        title: isLast ? "predicted" : null,
        scale: { domain, padding: 0.04 },
        axis: { ...axis, labelAngle: -45 },
      },
      y: {
        field: "reference",
        type: "nominal" as const,
        title: isFirst ? "reference" : null,
        scale: { domain, padding: 0.04 },
        axis: isFirst ? axis : null,
      },
    },
    layer: [
      { mark: { type: "rect" as const, color: "#eeeeee" } },
      {
        transform: [{ filter: "datum.share > 0" }],
        mark: { type: "rect" as const },
        encoding: {
          color: {
            field: "drawn",
            type: "quantitative" as const,
            scale: { type: "log" as const, domain: [LEAST, 1], scheme: "blues" as const },
            legend: {
              title: "share of row",
              format: "~p",
              values: [LEAST, 1e-4, 1e-3, 1e-2, 0.1, 1],
              gradientLength: 150,
            },
          },
        },
      },
      ...(step === CELL ? [numbers] : []),
    ],
  };
}

const numbers = {
  mark: { type: "text" as const, fontSize: 9 },
  encoding: {
    text: { field: "text", type: "nominal" as const },
    color: { condition: { test: `datum.share > ${DARK}`, value: "white" }, value: "#222222" },
  },
};
