import type { BundleManifest } from "../bundle/manifest-schema.ts";
import type { Triple } from "../volume/affine.ts";
import { type Box, shapeOfBox, wholeBox, widenedBox, withMargin } from "../volume/box.ts";
import type { Warning } from "../volume/scan.ts";
import type { Grid, LabelArray } from "../volume/volume.ts";
import type { ChosenRegion } from "./choose-regions.ts";
import { networkImage } from "./network-image.ts";
import type { PreparedScan } from "./prepare.ts";
import type { RunNetwork } from "./run-network.ts";

type SegmentEntry = BundleManifest["stages"]["segment"][number];

/** Times a region is widened because a structure runs out of it, where its manifest does not say. */
const MOST_WIDENINGS = 2;

/** What an entry's network found, and where it looked. */
export interface SegmentedRegion {
  /** Of the box. */
  readonly labels: LabelArray;
  readonly probabilities: Uint16Array | undefined;
  /** In the prepared scan's voxels. */
  readonly box: Box;
  readonly widenings: number;
  /** Whether a structure reaches an edge of the box that is none of the field of view's. */
  readonly isCut: boolean;
  readonly warnings: readonly Warning[];
}

/** What to run where. */
export interface SegmentRegionOptions {
  readonly entry: SegmentEntry;
  /** The whole field of view when left out. */
  readonly region: ChosenRegion | undefined;
  /** Label values that count as structures. */
  readonly ids: ReadonlySet<number>;
  readonly withProbabilities: boolean;
  readonly run: RunNetwork;
}

/** Runs an entry's network in its region, which is widened and segmented again while a structure runs out of it. */
export async function segmentRegion(
  prepared: PreparedScan,
  { entry, region, ids, withProbabilities, run }: SegmentRegionOptions,
): Promise<SegmentedRegion> {
  const { grid } = prepared;
  const network = run.settingsOf(entry.network);
  const most = region?.region.widen?.times ?? MOST_WIDENINGS;
  let box = region?.box ?? wholeBox(grid.shape);
  for (let widenings = 0; ; widenings++) {
    const { ownShape, ...given } = await networkImage(prepared, { box, network, signal: run.signal });
    const request = { ...given, outputShape: ownShape, withProbabilities, label: entry.region ?? "segment" };
    const { labels, probabilities, warnings } = await run.predict(entry.network, request);
    const isCut = region !== undefined && touchesInnerFace(labels, { box, fieldShape: grid.shape, ids });
    if (!isCut || widenings >= most) return { labels, probabilities, box, widenings, isCut, warnings };
    box = grown(box, { region, grid });
  }
}

function grown(box: Box, { region: { region }, grid }: { readonly region: ChosenRegion; readonly grid: Grid }): Box {
  const { widen, marginMm } = region;
  if (widen === undefined) return withMargin(box, { grid, marginMm });
  return widenedBox(box, { factor: widen.factor, shape: grid.shape });
}

/** Whether one of the labels lies on a face of the box that is not also a face of the field of view. */
export function touchesInnerFace(
  part: LabelArray,
  { box, fieldShape, ids }: { readonly box: Box; readonly fieldShape: Triple; readonly ids: ReadonlySet<number> },
): boolean {
  const shape = shapeOfBox(box);
  return [0, 1, 2].some(
    (axis) =>
      (box.start[axis] > 0 && planeHasLabel(part, shape, { axis, index: 0, ids })) ||
      (box.stop[axis] < fieldShape[axis] && planeHasLabel(part, shape, { axis, index: shape[axis] - 1, ids })),
  );
}

function planeHasLabel(
  part: LabelArray,
  [depth, height, width]: Triple,
  { axis, index, ids }: { readonly axis: number; readonly index: number; readonly ids: ReadonlySet<number> },
): boolean {
  const range = (each: number, side: number) => (each === axis ? [index, index + 1] : [0, side]);
  const [d0, d1] = range(0, depth);
  const [h0, h1] = range(1, height);
  const [w0, w1] = range(2, width);
  for (let d = d0; d < d1; d++)
    for (let h = h0; h < h1; h++)
      for (let w = w0; w < w1; w++) {
        const id = part[(d * height + h) * width + w];
        if (id !== 0 && ids.has(id)) return true;
      }
  return false;
}
