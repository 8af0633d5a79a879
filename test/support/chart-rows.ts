import type { ChartSpec } from "../../pipeline/report/draw-chart.ts";

type Row = Readonly<Record<string, unknown>>;

/** The data rows of each panel of a chart, in order. */
export function chartRows(chart: ChartSpec): readonly (readonly Row[])[] {
  return rowsIn(chart);
}

function rowsIn(part: unknown): readonly (readonly Row[])[] {
  if (typeof part !== "object" || part === null) return [];
  if (Array.isArray(part)) return part.flatMap(rowsIn);
  return Object.entries(part).flatMap(([key, value]) =>
    key === "data" ? [(value as { readonly values: readonly Row[] }).values] : rowsIn(value),
  );
}
