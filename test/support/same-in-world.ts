import { strict as assert } from "node:assert";
import { type Triple, transformPoint } from "../../pipeline/volume/affine.ts";
import type { Grid, Volume } from "../../pipeline/volume/volume.ts";
import { assertAllClose } from "./numbers.ts";

/** How far voxels and their places may be apart. */
export interface WorldTolerance {
  /** At the corners of the volume. */
  readonly mm: number;
  readonly value?: number;
}

/** Fails unless two volumes show the same voxels at the same places; the rows of one may run against the other's. */
export function assertSameInWorld(actual: Volume, peer: Volume, { mm, value = 0 }: WorldTolerance): void {
  assertSamePlaces(actual, peer, mm);
  const turn = flipsBetween(actual, peer);
  const [depth, height, width] = actual.shape;
  let [worst, i] = [0, 0];
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++, i++) {
        const [k, j, n] = turn([d, h, w]);
        worst = Math.max(worst, Math.abs(actual.data[i] - peer.data[(k * height + j) * width + n]));
      }
  assert.ok(worst <= value, `voxels differ by ${worst}`);
}

/** Fails unless two grids have the same corners. Units: mm */
export function assertSamePlaces(actual: Grid, peer: Grid, mm: number): void {
  assert.deepEqual(actual.shape, peer.shape);
  const turn = flipsBetween(actual, peer);
  for (const corner of cornersOf(actual.shape))
    assertAllClose(transformPoint(actual.indexToLps, corner), transformPoint(peer.indexToLps, turn(corner)), {
      abs: mm,
    });
}

function flipsBetween(actual: Grid, peer: Grid): (index: Triple) => Triple {
  const runsAgainst = [0, 1, 2].map((c) => {
    const dots = [0, 4, 8].map((row) => actual.indexToLps.rows[row + c] * peer.indexToLps.rows[row + c]);
    return dots[0] + dots[1] + dots[2] < 0;
  });
  const side = (index: Triple, axis: number) =>
    runsAgainst[axis] ? actual.shape[axis] - 1 - index[axis] : index[axis];
  return (index) => [side(index, 0), side(index, 1), side(index, 2)];
}

function cornersOf([depth, height, width]: Triple): readonly Triple[] {
  return [0, depth - 1].flatMap((d) => [0, height - 1].flatMap((h) => [0, width - 1].map((w): Triple => [d, h, w])));
}
