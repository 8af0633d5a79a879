import type { Triple } from "../volume/affine.ts";
import { ConfigError } from "../volume/errors.ts";
import { resizedGrid, shapeForSpacing } from "../volume/grid.ts";
import { type Grid, type Volume, volumeOf } from "../volume/volume.ts";
import { sampledObliquely } from "./oblique.ts";
import { moveAxes } from "./reorient.ts";
import { assertTargetShape, type InterpolationChoice, interpolationPerAxis, relationOf } from "./sampling.ts";
import { type Method, zoomed } from "./zoom.ts";

export type { Interpolation } from "./axis-table.ts";

/** Choices for resampling images. */
export interface ResampleOptions {
  /**
   * One word for all axes or one for each of the target's [D, H, W] (of the source's where the grids are oblique to
   * each other); `anisotropic` is cubic in plane and nearest through thick slices. Default `linear`.
   */
  readonly interpolation?: InterpolationChoice;
  /** `gaussian` first smooths the axes whose voxels become more than twice as large. Default `none`, as nnU-Net. */
  readonly antiAliasing?: "none" | "gaussian";
  /** Whether cubic values may leave the range of the input; `clip` is what nnU-Net does. Default `keep`. */
  readonly overshoot?: "keep" | "clip";
  readonly signal?: AbortSignal;
}

/** From this factor on, linear interpolation no longer looks at every voxel. */
const ALIASING_FACTOR = 2;

/**
 * The volume with another number of voxels over the same field of view: outer edges coincide, values at the borders
 * are held.
 *
 * Large volumes are worked on in threads, in the same number of operations and to the same bits as small ones; their
 * result lies on shared memory.
 *
 * Errors: ShapeError when the shape is none; the signal's reason
 * Cost:   O(voxels); memory for the output, a quarter of the input, and for cubic along D one copy of the input
 * Source: the numbers of SciPy's `zoom(mode="nearest", grid_mode=True)`, which scikit-image and nnU-Net resize with
 */
export async function resampleToShape(
  volume: Volume,
  shape: Triple,
  options: ResampleOptions = {},
): Promise<Volume<Float32Array>> {
  assertTargetShape(shape);
  const target = resizedGrid(volume, shape);
  const scale = shape.map((side, axis) => volume.shape[axis] / side) as unknown as Triple;
  const offset = scale.map((step) => (step - 1) / 2) as unknown as Triple;
  const method = methodOf(options, { source: volume, target, factors: scale });
  return volumeOf(await zoomed(volume, { shape, scale, offset, outside: "edge" }, method), target);
}

/**
 * The volume with the spacing nearest to the wanted one that keeps the field of view.
 *
 * Units:  mm, order [D, H, W]
 * Errors: ConfigError when a spacing is not a positive number, else as `resampleToShape`
 */
export async function resampleToSpacing(
  volume: Volume,
  spacingMm: Triple,
  options: ResampleOptions = {},
): Promise<Volume<Float32Array>> {
  if (!spacingMm.every((mm) => mm > 0 && Number.isFinite(mm)))
    throw new ConfigError({
      code: "R_SPACING",
      where: "resample",
      expected: "three positive spacings in mm",
      got: `[${spacingMm}]`,
      next: "Correct the wanted spacing",
    });
  return resampleToShape(volume, shapeForSpacing(volume, spacingMm), options);
}

/**
 * The volume's values at the voxels of any other grid, oblique and sheared ones included.
 *
 * `outside` is the value of voxels farther than half a voxel beyond the source; `edge` holds the border's. Default 0.
 *
 * Errors: ShapeError when the grid's shape is none; the signal's reason
 * Cost:   O(voxels); grids with parallel axes as `resampleToShape`, others one float copy of the input
 */
export async function resampleToGrid(
  volume: Volume,
  grid: Grid,
  { outside = 0, ...options }: ResampleOptions & { readonly outside?: number | "edge" } = {},
): Promise<Volume<Float32Array>> {
  assertTargetShape(grid.shape);
  const { shape } = grid;
  const relation = relationOf({ source: volume, target: grid });
  if (relation.kind === "aligned") {
    const { moves, scale, offset } = relation;
    const source = moveAxes(volume, moves);
    const method = methodOf(options, { source, target: grid, factors: scale });
    return volumeOf(await zoomed(source, { shape, scale, offset, outside }, method), grid);
  }
  const { targetToSource } = relation;
  const factors = [0, 4, 8].map((row) => Math.hypot(...targetToSource.slice(row, row + 3))) as unknown as Triple;
  const method = methodOf(options, { source: volume, target: grid, factors });
  return volumeOf(await sampledObliquely(volume, { shape, targetToSource, outside }, method), grid);
}

/** The method that a user's choices mean between two grids; `factors` says how much longer the target's steps are. */
function methodOf(
  { interpolation = "linear", antiAliasing = "none", overshoot = "keep", signal }: ResampleOptions,
  { source, target, factors }: { readonly source: Grid; readonly target: Grid; readonly factors: Triple },
): Method {
  const sigmaOf = (factor: number) => (antiAliasing === "gaussian" && factor > ALIASING_FACTOR ? (factor - 1) / 2 : 0);
  return {
    interpolation: interpolationPerAxis(interpolation, { source, target }),
    sigmaVoxels: factors.map(sigmaOf) as unknown as Triple,
    overshoot,
    signal,
  };
}
