import type { BundleManifest } from "../bundle/manifest-schema.ts";
import { classIdsOf } from "../bundle/read-manifest.ts";
import { type Component, componentsOf } from "../kernels/components.ts";
import { type Triple, voxelVolumeMm3Of } from "../volume/affine.ts";
import { type Box, clippedBox, isEmptyBox, unionOf, wholeBox, withMargin } from "../volume/box.ts";
import { resizedGrid } from "../volume/grid.ts";
import type { Warning } from "../volume/scan.ts";
import type { Grid } from "../volume/volume.ts";
import { networkImage } from "./network-image.ts";
import type { PreparedScan } from "./prepare.ts";
import type { RunNetwork } from "./run-network.ts";

type LocateStage = NonNullable<BundleManifest["stages"]["locate"]>;
type Region = LocateStage["regions"][number];

/** Where the fine networks look. */
export interface Located {
  readonly regions: ReadonlyMap<string, LocatedRegion>;
  readonly warnings: readonly Warning[];
}

/** One region, and the margin to widen it by should a structure run out of it. */
export interface LocatedRegion {
  /** In the prepared scan's voxels. */
  readonly box: Box;
  /** [D, H, W] */
  readonly marginMm: Triple;
}

/**
 * Finds a box for each region with the coarse network, over the whole field of view at its low resolution.
 *
 * Empty:  a region of which nothing is found is the whole field of view, with warning L_NOT_FOUND
 */
export async function locate(
  prepared: PreparedScan,
  { manifest, run }: { readonly manifest: BundleManifest; readonly run: RunNetwork },
): Promise<Located> {
  const stage = manifest.stages.locate;
  if (stage === undefined) return { regions: new Map(), warnings: [] };
  const { grid } = prepared;
  const network = run.settingsOf(stage.network);
  const { image, shape } = await networkImage(prepared, { box: wholeBox(grid.shape), network, signal: run.signal });
  const interpolation = ["linear", "linear", "linear"] as const;
  const request = { image, shape, outputShape: shape, interpolation, label: "locate" };
  const { labels, warnings } = await run.predict(stage.network, request);
  const context: BoxContext = {
    components: componentsOf({ data: labels, shape }),
    idOf: new Map(classIdsOf(manifest, network).map((id, channel) => [network.output.channels[channel], id])),
    coarse: resizedGrid(grid, shape),
    fine: grid,
  };
  const found = stage.regions.map((region) => ({ region, box: boxOf(region, context) }));
  return {
    regions: new Map(
      found.map(({ region, box = wholeBox(grid.shape) }) => [region.name, { box, marginMm: region.marginMm }]),
    ),
    warnings: [...warnings, ...found.flatMap(({ region, box }) => (box === undefined ? [notFound(region)] : []))],
  };
}

interface BoxContext {
  /** Of the coarse network's output. */
  readonly components: readonly Component[];
  /** Label value of each of the coarse network's channels. */
  readonly idOf: ReadonlyMap<string, number>;
  readonly coarse: Grid;
  readonly fine: Grid;
}

function boxOf(region: Region, { components, idOf, coarse, fine }: BoxContext): Box | undefined {
  const voxelMl = voxelVolumeMm3Of(coarse.indexToLps) / 1000;
  const ids = region.classes.map((name) => idOf.get(name));
  const candidates = components.filter(
    ({ classId, voxels }) => ids.includes(classId) && voxels * voxelMl >= (region.minimumMl ?? 0),
  );
  const kept = region.keep === "largest" ? largestOfEachClass(candidates) : candidates;
  const box = kept.map((component) => component.box).reduce(unionOf, nothing);
  if (isEmptyBox(box)) return undefined;
  return withMargin(scaledBox(box, { from: coarse, to: fine }), { grid: fine, marginMm: region.marginMm });
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
function scaledBox({ start, stop }: Box, { from, to }: { readonly from: Grid; readonly to: Grid }): Box {
  const ratio = (axis: number) => to.shape[axis] / from.shape[axis];
  const low = (axis: number) => Math.floor(start[axis] * ratio(axis));
  const high = (axis: number) => Math.ceil(stop[axis] * ratio(axis));
  return clippedBox({ start: [low(0), low(1), low(2)], stop: [high(0), high(1), high(2)] }, to.shape);
}

function notFound({ name, classes }: Region): Warning {
  return {
    code: "L_NOT_FOUND",
    where: `locate ${name}`,
    text: `the coarse network found no ${classes.join(", ")}; the fine network looks at the whole field of view`,
  };
}
