import type * as Vega from "vega";
import type { Config, TopLevelSpec } from "vega-lite";
import { drawingFont } from "../io/drawing-font.ts";
import { textWidth } from "./text-width.ts";

/** A chart as Vega-Lite describes it. */
export type ChartSpec = TopLevelSpec;

/** One of several marks drawn over one another. */
export type ChartLayer = Extract<ChartSpec, { layer: unknown }>["layer"][number];

/** Colours that people with any colour vision tell apart. Source: Okabe and Ito 2008 */
export const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999", "#000000"];

/** Text that can be read in print at the width of a page. */
export const FONT_SIZE = 11;

const INK = "#222222";
const LINE = "#888888";

/** What all charts have in common; each may say otherwise. */
const config: Config = {
  // A label for every point helps no reader: a figure is described as a whole.
  aria: false,
  // The packaged font, then fonts of the same widths for readers that lack it.
  font: `${drawingFont}, Verdana, sans-serif`,
  background: "white",
  range: { category: colours },
  // Marks that let others show through do so by `fillOpacity`: librsvg is slow to blend in each mark as a whole.
  mark: { opacity: 1 },
  view: { stroke: null },
  title: { fontSize: FONT_SIZE, fontWeight: "normal", color: INK },
  legend: {
    labelFontSize: FONT_SIZE,
    titleFontSize: FONT_SIZE,
    titleFontWeight: "normal",
    labelColor: INK,
    titlePadding: 8,
  },
  axis: {
    labelFontSize: FONT_SIZE - 1,
    titleFontSize: FONT_SIZE,
    titleFontWeight: "normal",
    labelColor: INK,
    titleColor: INK,
    domainColor: LINE,
    tickColor: LINE,
    gridColor: "#e4e4e4",
  },
};

/** A chart as an SVG drawing. The drawing libraries are loaded with the first: no other command waits for them. */
export async function drawChart(spec: ChartSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  measureTextAsDrawn(vega);
  const view = new vega.View(vega.parse(compile(spec, { config }).spec), { renderer: "none" });
  try {
    return numberedAnew(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** Vega counts gradients and clips on from drawing to drawing; the same chart is the same drawing whenever it is made. */
function numberedAnew(svg: string): string {
  const names = new Map<string, string>();
  return svg.replace(/( id="|url\(#)(clip|gradient_)(\d+)/g, (_, before: string, kind: string, number: string) => {
    const name = names.get(kind + number) ?? `${kind}${names.size}`;
    names.set(kind + number, name);
    return before + name;
  });
}

/** Without a canvas Vega takes letters for wider than they are, and leaves gaps. */
function measureTextAsDrawn(vega: typeof Vega): void {
  const { textMetrics } = vega as unknown as { textMetrics: { width: TextMetric } };
  textMetrics.width = ({ fontSize = FONT_SIZE, limit = 0 }, text) => {
    const width = textWidth(String(text ?? ""), fontSize);
    return limit > 0 ? Math.min(width, limit) : width;
  };
}

type TextMetric = (item: { readonly fontSize?: number; readonly limit?: number }, text: unknown) => number;
