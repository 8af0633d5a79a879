import type { LabelClass } from "../volume/label-class.ts";
import type { Scan, Warning } from "../volume/scan.ts";
import type { LabelMap } from "../volume/volume.ts";
import type { ClassMeasurement } from "./measure.ts";
import type { RegionOutcome } from "./segment.ts";

/** What became of a scan: its labels, what they measure, and how they came about. */
export interface Segmentation {
  /** On the scan's own grid, exactly. */
  readonly labels: LabelMap;
  readonly classes: readonly LabelClass[];
  readonly measurements: readonly ClassMeasurement[];
  readonly scan: Scan;
  readonly warnings: readonly Warning[];
  readonly provenance: Provenance;
}

/** Enough to know what made a segmentation, and to make it again. */
export interface Provenance {
  readonly rarevox: string;
  readonly node: string;
  readonly onnxRuntime: string;
  readonly bundle: { readonly name: string; readonly version: string; readonly sha256: string };
  readonly device: string;
  readonly options: { readonly overlap: number | null; readonly mirrored: boolean; readonly anyModality: boolean };
  /** Where the fine networks looked, and how that was told; empty for a bundle without regions. */
  readonly regions: readonly RegionOutcome[];
  /** Stage name to time. Units: ms, monotonic clock. */
  readonly stagesMs: Readonly<Record<string, number>>;
}
