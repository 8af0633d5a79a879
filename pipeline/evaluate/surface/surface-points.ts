import { type Neighbourhood, neighbourhoodOf } from "../../kernels/nearby-target.ts";
import type { Triple } from "../../volume/affine.ts";
import { voxelCountOf } from "../../volume/volume.ts";

/** Bits of the masks of one class, and of what is made from them. */
export const PREDICTION = 1;
export const REFERENCE = 2;

/** The points of one mask's surface, in scanning order. */
export interface SurfacePoints {
  /** Of each, its index into the grid. */
  readonly indices: Uint32Array;
  /** Of each, which voxels around it are inside: the key to its share of the surface. */
  readonly codes: Uint8Array;
}

/** The points of both masks' surfaces on one grid. */
export interface SurfaceGrid {
  /** Bits of the masks whose surface runs through a point. */
  readonly marks: Uint8Array;
  /** [D, H, W]; around the points there is room for the neighbourhood of each. */
  readonly shape: Triple;
  readonly spacingMm: Triple;
  readonly nearby: Neighbourhood;
  readonly prediction: SurfacePoints;
  readonly reference: SurfacePoints;
}

/** Surface points that are found in scanning order. */
export interface PointCollector {
  /** Where in the grid the row [d, h] of points begins. */
  readonly rowAt: (d: number, h: number) => number;
  readonly add: (index: number, bit: typeof PREDICTION | typeof REFERENCE, code: number) => void;
  readonly grid: () => SurfaceGrid;
}

/** Collects surface points on a grid of the given sides. */
export function collectPoints(sides: Triple, spacingMm: Triple): PointCollector {
  const nearby = neighbourhoodOf(sides, spacingMm);
  const [down, across, along] = nearby.reach;
  const shape: Triple = [sides[0] + 2 * down, sides[1] + 2 * across, sides[2] + 2 * along];
  const marks = new Uint8Array(voxelCountOf(shape));
  const [prediction, reference] = [growingPoints(), growingPoints()];
  return {
    rowAt: (d, h) => ((d + down) * shape[1] + h + across) * shape[2] + along,
    add: (index, bit, code) => {
      marks[index] |= bit;
      if (bit === PREDICTION) prediction.add(index, code);
      else reference.add(index, code);
    },
    grid: () => ({ marks, shape, spacingMm, nearby, prediction: prediction.points(), reference: reference.points() }),
  };
}

function growingPoints() {
  let indices = new Uint32Array(1024);
  let codes = new Uint8Array(1024);
  let count = 0;
  return {
    add: (index: number, code: number) => {
      if (count === indices.length) {
        const [longer, more] = [new Uint32Array(2 * count), new Uint8Array(2 * count)];
        longer.set(indices);
        more.set(codes);
        [indices, codes] = [longer, more];
      }
      indices[count] = index;
      codes[count++] = code;
    },
    points: (): SurfacePoints => ({ indices: indices.slice(0, count), codes: codes.slice(0, count) }),
  };
}
