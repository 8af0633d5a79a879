import type { ExampleSlice } from "../benchmark-results.ts";
import type { ReportedDataset } from "../reported-dataset.ts";
import type { Figure } from "./figure.ts";

/** Width of a slice; all have the height of the highest. */
const WIDTH = 270;

const ranks = ["best", "median", "worst"] as const;

/** The best, the median and the worst case of each method; nothing where no slice was drawn. */
export function exampleSlices({ name, slug, methods, classes, slices }: ReportedDataset): Figure | undefined {
  const rows = methods.flatMap((method) => {
    const own = ranks.map((rank) => slices.find((each) => each.method === method.key && each.rank === rank));
    return own.some((slice) => slice !== undefined) ? [{ method: method.name, own }] : [];
  });
  if (rows.length === 0) return undefined;
  const height = WIDTH * Math.max(...slices.map(aspectOf));
  return {
    name: `slices-${slug}`,
    title: `Best, median and worst case: ${name}`,
    caption:
      "A slice of the best, the median and the worst held-out case of each method (a row each), by the mean Dice of the " +
      "case's classes, with reference and prediction drawn over the scan.",
    alternative: `Pictures. ${rows.map(({ method, own }) => `${method}: ${own.flatMap((each) => (each === undefined ? [] : [textOf(each)])).join(", ")}`).join("; ")}.`,
    chart: {
      spacing: 10,
      vconcat: [
        ...rows.map(({ method, own }) => ({
          title: { text: method, anchor: "start" as const, offset: 8, limit: 3 * WIDTH },
          spacing: 10,
          hconcat: own.map((slice, index) => pictureOf(slice, { rank: ranks[index], height })),
        })),
        legendOf(classes),
      ],
    },
  };
}

function textOf({ rank, case: name, dice }: ExampleSlice): string {
  return `${rank}: ${name}, Dice ${Number.isNaN(dice) ? "undefined" : dice.toFixed(3)}`;
}

function pictureOf(
  slice: ExampleSlice | undefined,
  { rank, height }: { readonly rank: string; readonly height: number },
) {
  const url = slice && `data:image/png;base64,${Buffer.from(slice.png).toString("base64")}`;
  return {
    title: { text: slice === undefined ? `${rank}: none` : textOf(slice), limit: WIDTH, fontSize: 10, offset: 4 },
    width: WIDTH,
    height,
    data: { values: url === undefined ? [] : [{ url }] },
    mark: { type: "image" as const, width: WIDTH, height, aspect: true },
    encoding: {
      url: { field: "url", type: "nominal" as const },
      x: { value: WIDTH / 2 },
      y: { value: height / 2 },
    },
  };
}

/** Height over width, as the PNG file's header has them. Source: ISO/IEC 15948, 11.2.2 */
function aspectOf({ png }: ExampleSlice): number {
  const header = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return header.getUint32(20) / header.getUint32(16);
}

/** Room of a class's colour and name. */
const ENTRY = 105;

function legendOf(classes: ReportedDataset["classes"]) {
  const perRow = Math.floor((3 * WIDTH) / ENTRY);
  const values = classes.map(({ name, color }, index) => ({
    name,
    color,
    x: (index % perRow) * ENTRY + 6,
    y: Math.floor(index / perRow) * 18 + 9,
  }));
  const scale = (range: number) => ({ domain: [0, range], range: [0, range] });
  const height = Math.ceil(classes.length / perRow) * 18;
  return {
    width: 3 * WIDTH,
    height,
    data: { values },
    encoding: {
      x: { field: "x", type: "quantitative" as const, axis: null, scale: scale(3 * WIDTH) },
      y: { field: "y", type: "quantitative" as const, axis: null, scale: scale(height) },
    },
    layer: [
      {
        mark: { type: "square" as const, size: 90, opacity: 1, stroke: "#888888", strokeWidth: 0.5 },
        encoding: { fill: { field: "color", type: "nominal" as const, scale: null } },
      },
      {
        mark: { type: "text" as const, align: "left" as const, baseline: "middle" as const, dx: 9, limit: ENTRY - 18 },
        encoding: { text: { field: "name", type: "nominal" as const } },
      },
    ],
  };
}
