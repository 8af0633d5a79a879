import { csvText } from "../../io/csv-text.ts";
import type { ClassMeasurement } from "../measure.ts";
import type { Segmentation } from "../segmentation.ts";

/** Version of the layout of `measurements.json`. */
const SCHEMA = "rarevox-measurements/1";

/** The measurements and what to beware of, as a JSON document; units stand in the names. */
export function measurementsJson({ measurements, warnings }: Pick<Segmentation, "measurements" | "warnings">): string {
  const document = {
    schema: SCHEMA,
    classes: measurements,
    warnings: warnings.map(({ code, text }) => ({ code, text })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/**
 * The measurements as a table, one row per class; cells of a class that was not found stay empty.
 *
 * Source: RFC 4180; a name that a spreadsheet would take for a formula gets an apostrophe
 */
export function measurementsCsv(measurements: readonly ClassMeasurement[]): string {
  return csvText(columns, measurements.map(rowOf));
}

const columns = [
  "id",
  "name",
  "voxels",
  "millilitres",
  ...["mean", "std", "min", "p5", "p25", "median", "p75", "p95", "max"].map((name) => `intensity_${name}`),
  ...["d", "h", "w"].flatMap((axis) => [`box_start_${axis}`, `box_stop_${axis}`]),
  ...["x", "y", "z"].map((axis) => `centroid_${axis}_lps_mm`),
] as const;

function rowOf({ id, name, voxels, millilitres, intensity, boxVoxels, centroidLpsMm }: ClassMeasurement) {
  const { mean, std, min, p5, p25, median, p75, p95, max } = intensity ?? {};
  const box = [0, 1, 2].flatMap((axis) => [boxVoxels?.start[axis], boxVoxels?.stop[axis]]);
  const centroid = [0, 1, 2].map((axis) => centroidLpsMm?.[axis]);
  const numbers = [voxels, millilitres, mean, std, min, p5, p25, median, p75, p95, max, ...box, ...centroid];
  return [id, name, ...numbers];
}
