import { encodeDrawing } from "../io/svg-picture.ts";
import { type ChartSpec, drawChart } from "./draw-chart.ts";

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

/** Charts below one another as the bytes of a PNG file. */
export async function drawLineCharts(charts: readonly LineChart[], { x }: { readonly x: string }): Promise<Buffer> {
  return encodeDrawing(await drawChart(specOf(charts, x)));
}

function specOf(charts: readonly LineChart[], x: string): ChartSpec {
  const end = Math.max(...charts.flatMap(({ points }) => points.map((point) => point.x)));
  return {
    padding: 12,
    config: { view: { stroke: "#dddddd" } },
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
