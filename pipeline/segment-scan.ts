import type { Bundle } from "./bundle/load-bundle.ts";
import { type Engine, openEngine } from "./runtime/engine.ts";
import { runtimeVersion } from "./runtime/onnx-runtime.ts";
import { locate } from "./stages/locate.ts";
import { measure } from "./stages/measure.ts";
import { prepare } from "./stages/prepare.ts";
import { refine } from "./stages/refine.ts";
import { restore } from "./stages/restore.ts";
import { networkRunner } from "./stages/run-network.ts";
import { segment } from "./stages/segment.ts";
import type { Segmentation } from "./stages/segmentation.ts";
import type { Scan } from "./volume/scan.ts";
import { version } from "./volume/version.ts";

/** How a scan is segmented; what is left out, the bundle decides. */
export interface SegmentScanOptions {
  /** Opened for this scan alone, and closed again, when left out. */
  readonly engine?: Engine;
  /** Share of a patch that its neighbour covers too, 0 up to below 1. */
  readonly overlap?: number;
  /** Average over the mirrorings that the bundle allows (test-time augmentation); eight times slower at most. */
  readonly mirror?: boolean;
  /** Take a scan of another modality than the bundle names. */
  readonly anyModality?: boolean;
  readonly signal?: AbortSignal;
  /** Stage or region, and how much of it is done, 0..1. */
  readonly onProgress?: (stage: string, fraction: number) => void;
}

/**
 * One scan through all stages: prepare, locate, segment, refine, restore, measure.
 *
 * Shape:  channels [D, H, W] -> labels [D, H, W] on the scan's own grid
 * Errors: FormatError when the scan does not fit the bundle, ModelError from the networks, EnvironmentError from the
 *         device, the signal's reason
 */
export async function segmentScan(scan: Scan, bundle: Bundle, options: SegmentScanOptions = {}): Promise<Segmentation> {
  const { signal, overlap, mirror = false, anyModality = false, onProgress } = options;
  const engine = options.engine ?? (await openEngine({ ...(signal === undefined ? {} : { signal }) }));
  try {
    const { manifest } = bundle;
    const clock = stageClock();
    const run = networkRunner({ engine, bundle, overlap, mirror, signal, onProgress });
    const prepared = await clock.time("prepare", () => prepare(scan, { manifest, anyModality }));
    const located = await clock.time("locate", () => locate(prepared, { manifest, run }));
    const segmented = await clock.time("segment", () => segment(prepared, { manifest, located, run }));
    const refined = await clock.time("refine", () => refine(segmented.labels, { manifest }));
    const labels = await clock.time("restore", () => restore(refined, { grid: scan.channels[0] }));
    const measurements = await clock.time("measure", () =>
      measure(labels, { volume: scan.channels[0], classes: manifest.classes }),
    );
    return {
      labels,
      classes: manifest.classes,
      measurements,
      scan,
      warnings: [
        ...scan.warnings,
        ...engine.warnings,
        ...[prepared, located, segmented].flatMap((each) => each.warnings),
      ],
      provenance: {
        rarevox: version,
        node: process.version,
        onnxRuntime: runtimeVersion,
        bundle: { name: manifest.name, version: manifest.version, sha256: bundle.sha256 },
        device: engine.device,
        options: { overlap: overlap ?? null, mirrored: mirror, anyModality },
        regions: segmented.regions,
        stagesMs: clock.times(),
      },
    };
  } finally {
    if (options.engine === undefined) await engine.close();
  }
}

/** Times stages by name on the monotonic clock. */
function stageClock() {
  const spent: Record<string, number> = {};
  return {
    time: async <T>(stage: string, work: () => Promise<T>): Promise<T> => {
      const start = performance.now();
      const result = await work();
      spent[stage] = Math.round(performance.now() - start);
      return result;
    },
    times: () => spent,
  };
}
