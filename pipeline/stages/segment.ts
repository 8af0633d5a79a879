import type { BundleManifest } from "../bundle/manifest-schema.ts";
import type { Triple } from "../volume/affine.ts";
import { type Box, shapeOfBox, wholeBox, withMargin } from "../volume/box.ts";
import type { Warning } from "../volume/scan.ts";
import { type LabelArray, type LabelMap, voxelCountOf } from "../volume/volume.ts";
import type { Located } from "./locate.ts";
import { networkImage } from "./network-image.ts";
import type { PreparedScan } from "./prepare.ts";
import type { RunNetwork } from "./run-network.ts";

type SegmentEntry = BundleManifest["stages"]["segment"][number];

/** Times a region is widened because a structure runs out of it, before the result is taken with a warning. */
const MOST_WIDENINGS = 2;

/** A label map on the prepared scan's grid. */
export interface Segmented {
  readonly labels: LabelMap;
  readonly warnings: readonly Warning[];
}

/**
 * Runs the fine networks, each over its region, and lays their labels over one another in the manifest's order.
 *
 * A region out of whose box a structure seems to run is widened by its margin and segmented again, at most twice; then
 * the result carries warning R_CUT.
 */
export async function segment(
  prepared: PreparedScan,
  {
    manifest,
    located,
    run,
  }: { readonly manifest: BundleManifest; readonly located: Located; readonly run: RunNetwork },
): Promise<Segmented> {
  const { grid } = prepared;
  const labels = emptyLabels(manifest, voxelCountOf(grid.shape));
  const warnings: Warning[] = [];
  for (const entry of manifest.stages.segment) {
    const { part, box, isCut, warnings: own } = await segmentRegion(prepared, { entry, located, run });
    pasteInto(labels, { shape: grid.shape, part, box, ids: idsOf(entry, manifest) });
    warnings.push(...own, ...(isCut ? [cutWarning(entry)] : []));
  }
  return { labels: { data: labels, shape: grid.shape, indexToLps: grid.indexToLps }, warnings };
}

interface SegmentedRegion {
  readonly part: LabelArray;
  readonly box: Box;
  readonly isCut: boolean;
  readonly warnings: readonly Warning[];
}

async function segmentRegion(
  prepared: PreparedScan,
  { entry, located, run }: { readonly entry: SegmentEntry; readonly located: Located; readonly run: RunNetwork },
): Promise<SegmentedRegion> {
  const { grid } = prepared;
  const network = run.settingsOf(entry.network);
  const region = entry.region === undefined ? undefined : located.regions.get(entry.region);
  let box = region?.box ?? wholeBox(grid.shape);
  for (let widenings = 0; ; widenings++) {
    const { ownShape, ...given } = await networkImage(prepared, { box, network, signal: run.signal });
    const label = entry.region ?? "segment";
    const request = { ...given, outputShape: ownShape, label };
    const { labels: part, warnings } = await run.predict(entry.network, request);
    const isCut = region !== undefined && touchesInnerFace(part, box, grid.shape);
    if (!isCut || widenings === MOST_WIDENINGS) return { part, box, isCut, warnings };
    box = withMargin(box, { grid, marginMm: region.marginMm });
  }
}

/** Whether a label lies on a face of the box that is not also a face of the field of view. */
export function touchesInnerFace(part: LabelArray, box: Box, fieldShape: Triple): boolean {
  const shape = shapeOfBox(box);
  return [0, 1, 2].some(
    (axis) =>
      (box.start[axis] > 0 && planeHasLabel(part, shape, { axis, index: 0 })) ||
      (box.stop[axis] < fieldShape[axis] && planeHasLabel(part, shape, { axis, index: shape[axis] - 1 })),
  );
}

function planeHasLabel(
  part: LabelArray,
  [depth, height, width]: Triple,
  { axis, index }: { readonly axis: number; readonly index: number },
): boolean {
  const range = (each: number, side: number) => (each === axis ? [index, index + 1] : [0, side]);
  const [d0, d1] = range(0, depth);
  const [h0, h1] = range(1, height);
  const [w0, w1] = range(2, width);
  for (let d = d0; d < d1; d++)
    for (let h = h0; h < h1; h++)
      for (let w = w0; w < w1; w++) if (part[(d * height + h) * width + w] !== 0) return true;
  return false;
}

function emptyLabels({ classes }: BundleManifest, voxels: number): LabelArray {
  return classes.some(({ id }) => id > 255) ? new Uint16Array(voxels) : new Uint8Array(voxels);
}

/** Ids that an entry may write. */
function idsOf({ classes }: SegmentEntry, manifest: BundleManifest): ReadonlySet<number> {
  return new Set(manifest.classes.filter(({ name }) => classes?.includes(name) ?? true).map(({ id }) => id));
}

interface Paste {
  readonly shape: Triple;
  readonly part: LabelArray;
  readonly box: Box;
  readonly ids: ReadonlySet<number>;
}

function pasteInto(labels: LabelArray, { shape: [, height, width], part, box, ids }: Paste): void {
  const [depth, rows, columns] = shapeOfBox(box);
  let i = 0;
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < rows; h++) {
      const target = ((box.start[0] + d) * height + box.start[1] + h) * width + box.start[2];
      for (let w = 0; w < columns; w++, i++) if (part[i] !== 0 && ids.has(part[i])) labels[target + w] = part[i];
    }
}

function cutWarning({ network, region }: SegmentEntry): Warning {
  return {
    code: "R_CUT",
    where: `segment ${region}`,
    text: `what network ${network} found reaches the edge of its region, even widened; it may be cut off`,
  };
}
