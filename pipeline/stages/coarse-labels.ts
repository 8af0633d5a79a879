import type { BundleManifest, ManifestRegion } from "../bundle/manifest-schema.ts";
import { classIdsOf } from "../bundle/read-manifest.ts";
import { type Component, componentsOf } from "../kernels/components.ts";
import { type Triple, voxelVolumeMm3Of } from "../volume/affine.ts";
import { type Box, clippedBox, isEmptyBox, unionOf, wholeBox } from "../volume/box.ts";
import { resizedGrid } from "../volume/grid.ts";
import type { Warning } from "../volume/scan.ts";
import type { Grid, LabelArray } from "../volume/volume.ts";
import { networkImage } from "./network-image.ts";
import type { PreparedScan } from "./prepare.ts";
import type { RunNetwork } from "./run-network.ts";

/** What a network says of the whole field of view, at its own low resolution. */
export interface CoarseLabels {
  readonly data: LabelArray;
  /** [D, H, W] */
  readonly shape: Triple;
  /** Label value of each of the network's channels; a class of the bundle has its id. */
  readonly idOf: ReadonlyMap<string, number>;
  readonly warnings: readonly Warning[];
}

/** Runs a network over the whole field of view at its own resolution. */
export async function coarseLabels(
  prepared: PreparedScan,
  {
    network: name,
    manifest,
    run,
  }: { readonly network: string; readonly manifest: BundleManifest; readonly run: RunNetwork },
): Promise<CoarseLabels> {
  const network = run.settingsOf(name);
  const box = wholeBox(prepared.grid.shape);
  const { image, shape } = await networkImage(prepared, { box, network, signal: run.signal });
  const interpolation = ["linear", "linear", "linear"] as const;
  const request = { image, shape, outputShape: shape, interpolation, label: "locate" };
  const { labels, warnings } = await run.predict(name, request);
  const idOf = new Map(classIdsOf(manifest, network).map((id, channel) => [network.output.channels[channel], id]));
  return { data: labels, shape, idOf, warnings };
}

/** What of a region says which voxels it is about. */
export type RegionRule = Pick<ManifestRegion, "name" | "classes" | "keep" | "minimumMl">;

/**
 * The smallest box around what was found for each region, by its name.
 *
 * Shape:  voxels of the finer `grid` over the same field of view, rounded outwards
 * Empty:  a region of which nothing was found is left out
 */
export function foundBoxes(
  labels: CoarseLabels,
  { regions, grid }: { readonly regions: readonly RegionRule[]; readonly grid: Grid },
): ReadonlyMap<string, Box> {
  const coarse = resizedGrid(grid, labels.shape);
  const components = componentsOf(labels);
  const boxes = regions.map(
    (region) => [region.name, boxOf(region, { components, idOf: labels.idOf, coarse })] as const,
  );
  const found = boxes.filter(([, box]) => !isEmptyBox(box));
  return new Map(found.map(([name, box]) => [name, scaledBox(box, { from: coarse.shape, to: grid.shape })]));
}

interface BoxContext {
  readonly components: readonly Component[];
  readonly idOf: ReadonlyMap<string, number>;
  readonly coarse: Grid;
}

function boxOf({ classes, keep, minimumMl = 0 }: RegionRule, { components, idOf, coarse }: BoxContext): Box {
  const voxelMl = voxelVolumeMm3Of(coarse.indexToLps) / 1000;
  const ids = classes.map((name) => idOf.get(name));
  const candidates = components.filter(({ classId, voxels }) => ids.includes(classId) && voxels * voxelMl >= minimumMl);
  const kept = keep === "largest" ? largestOfEachClass(candidates) : candidates;
  return kept.map((component) => component.box).reduce(unionOf, nothing);
}

const nothing: Box = { start: [0, 0, 0], stop: [0, 0, 0] };

function largestOfEachClass(components: readonly Component[]): readonly Component[] {
  const largest = new Map<number, Component>();
  for (const component of components) {
    const voxels = largest.get(component.classId)?.voxels ?? 0;
    if (component.voxels > voxels) largest.set(component.classId, component);
  }
  return [...largest.values()];
}

/** The voxels of a finer grid over the same field of view that a box of a coarser one covers, rounded outwards. */
function scaledBox({ start, stop }: Box, { from, to }: { readonly from: Triple; readonly to: Triple }): Box {
  const ratio = (axis: number) => to[axis] / from[axis];
  const low = (axis: number) => Math.floor(start[axis] * ratio(axis));
  const high = (axis: number) => Math.ceil(stop[axis] * ratio(axis));
  return clippedBox({ start: [low(0), low(1), low(2)], stop: [high(0), high(1), high(2)] }, to);
}
