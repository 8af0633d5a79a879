import type { ManifestNetwork } from "../bundle/manifest-schema.ts";
import { type IntensityMap, mapIntensityInto, unchangedIntensity } from "../kernels/intensity.ts";
import { resampleToShape } from "../kernels/resample.ts";
import { interpolationPerAxis } from "../kernels/sampling.ts";
import type { ScoreInterpolation } from "../runtime/network.ts";
import { spacingMmOf, type Triple } from "../volume/affine.ts";
import type { Box } from "../volume/box.ts";
import { crop } from "../volume/crop.ts";
import { resizedGrid, shapeForSpacing } from "../volume/grid.ts";
import { type Grid, type Volume, voxelCountOf } from "../volume/volume.ts";
import type { PreparedScan } from "./prepare.ts";

/** What a network is given of a scan. */
export interface NetworkImage {
  /** [C, D, H, W], normalised, at the network's spacing. */
  readonly image: Float32Array;
  /** [D, H, W] of the image. */
  readonly shape: Triple;
  /** [D, H, W] of the same field of view at the scan's own spacing. */
  readonly ownShape: Triple;
  /** How the network's scores get back to the scan's own spacing, axis by axis. */
  readonly interpolation: readonly [ScoreInterpolation, ScoreInterpolation, ScoreInterpolation];
}

/** What of a network's description decides what it is given. */
export type NetworkGrid = Pick<ManifestNetwork, "spacingMm" | "interpolation" | "normalise">;

/**
 * The part of a prepared scan inside a box, normalised and at a network's spacing.
 *
 * Shape:  box [D, H, W] in the prepared scan's voxels -> image [C, d, h, w] over the same field of view
 */
export async function networkImage(
  { channels, intensities }: PreparedScan,
  {
    box,
    network,
    signal,
  }: { readonly box: Box; readonly network: NetworkGrid; readonly signal: AbortSignal | undefined },
): Promise<NetworkImage> {
  const first = crop(channels[0], box);
  const shape = networkShapeOf(first, network);
  const image = new Float32Array(channels.length * voxelCountOf(shape));
  for (const [c, channel] of channels.entries()) {
    const output = image.subarray(c * voxelCountOf(shape), (c + 1) * voxelCountOf(shape));
    const part = c === 0 ? first : crop(channel, box);
    await fillChannel(output, part, { shape, network, intensity: intensities[c], signal });
  }
  return { image, shape, ownShape: first.shape, interpolation: scoreInterpolationOf(first, shape, network) };
}

/** Linear, but nearest through slices that the image was not interpolated through either, as nnU-Net does. */
function scoreInterpolationOf(grid: Grid, shape: Triple, { interpolation }: NetworkGrid) {
  const target = resizedGrid(grid, shape);
  const words = interpolationPerAxis(interpolation, { source: grid, target });
  const scores = (axis: number): ScoreInterpolation => (words[axis] === "nearest" ? "nearest" : "linear");
  return [scores(0), scores(1), scores(2)] as const;
}

/** [D, H, W] of a grid's field of view at a network's spacing. */
function networkShapeOf(grid: Grid, { spacingMm }: NetworkGrid): Triple {
  if (spacingMm === "as-stored") return grid.shape;
  const [d, h, w] = spacingMmOf(grid.indexToLps);
  return shapeForSpacing(grid, [spacingMm[0] ?? d, spacingMm[1] ?? h, spacingMm[2] ?? w]);
}

interface FillOptions {
  readonly shape: Triple;
  readonly network: NetworkGrid;
  readonly intensity: IntensityMap;
  readonly signal: AbortSignal | undefined;
}

async function fillChannel(
  output: Float32Array,
  volume: Volume,
  { shape, network, intensity, signal }: FillOptions,
): Promise<void> {
  if (String(shape) === String(volume.shape)) return mapIntensityInto(output, volume.data, intensity);
  const normaliseFirst = network.normalise === "before-resampling";
  const source = normaliseFirst ? normalised(volume, intensity) : volume;
  const resampled = await resampleToShape(source, shape, {
    interpolation: network.interpolation,
    overshoot: "clip",
    ...(signal === undefined ? {} : { signal }),
  });
  mapIntensityInto(output, resampled.data, normaliseFirst ? unchangedIntensity : intensity);
}

function normalised(volume: Volume, intensity: IntensityMap): Volume<Float32Array> {
  const data = new Float32Array(volume.data.length);
  mapIntensityInto(data, volume.data, intensity);
  return { ...volume, data };
}
