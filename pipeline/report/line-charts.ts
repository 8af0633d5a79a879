import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { drawingFont } from "../io/drawing-font.ts";
import { encodeDrawing } from "../io/svg-picture.ts";

/** Lines over one common x axis. */
export interface LineChart {
  readonly title: string;
  readonly y: string;
  readonly points: readonly ChartPoint[];
  /** Ends of the y axis; from the points when left out. */
  readonly domain?: readonly [number, number];
}

/** A point of a line. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Line that it belongs to. */
  readonly line: string;
}

/** Units of the drawing; a PNG has twice as many pixels. */
const WIDTH = 640;
const HEIGHT = 240;

/** Colours that people with any colour vision tell apart. Source: Okabe and Ito 2008 */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999", "#000000"];

/** Charts below one another as the bytes of a PNG file. */
export async function drawLineCharts(charts: readonly LineChart[], { x }: { readonly x: string }): Promise<Buffer> {
  const spec = compile(specOf(charts, x)).spec;
  const view = new View(parse(spec), { renderer: "none" });
  try {
    return await encodeDrawing(await view.toSVG());
  } finally {
    view.finalize();
  }
}

function specOf(charts: readonly LineChart[], x: string): TopLevelSpec {
  const end = Math.max(...charts.flatMap(({ points }) => points.map((point) => point.x)));
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    padding: 12,
    config: {
      font: drawingFont,
      view: { continuousWidth: WIDTH, continuousHeight: HEIGHT },
      range: { category: colours },
    },
    resolve: { scale: { color: "independent" } },
    vconcat: charts.map(({ title, y, points, domain }) => ({
      title,
      width: WIDTH,
      height: HEIGHT,
      data: { values: points.map((point) => ({ ...point })) },
      mark: { type: "line", interpolate: "linear", strokeWidth: 1.5 },
      encoding: {
        x: { field: "x", type: "quantitative", title: x, scale: { domain: [0, end], nice: false } },
        y: {
          field: "y",
          type: "quantitative",
          title: y,
          scale: domain === undefined ? { zero: false } : { domain: [...domain] },
        },
        color: { field: "line", type: "nominal", title: null, sort: null, legend: { labelLimit: 240 } },
      },
    })),
  };
}
