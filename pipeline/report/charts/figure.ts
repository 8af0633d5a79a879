import type { ChartSpec } from "../draw-chart.ts";

/** A chart with all that a reader needs beside it. */
export interface Figure {
  /** File name without its ending. */
  readonly name: string;
  readonly title: string;
  /** What is drawn, how many it is drawn from, and what each mark stands for. */
  readonly caption: string;
  /** What the picture is of, for readers who cannot see it. */
  readonly alternative: string;
  readonly chart: ChartSpec;
}
