import type { Triple } from "../volume/affine.ts";

/** The 26 neighbours of a voxel as [d, h, w] steps, in scanning order. */
const NEIGHBOURS: readonly Triple[] = [-1, 0, 1]
  .flatMap((d) => [-1, 0, 1].flatMap((h) => [-1, 0, 1].map((w): Triple => [d, h, w])))
  .filter((step) => step.some((side) => side !== 0));

/** Of each neighbour, the other neighbours that share a face, an edge or a corner with it. */
const touching = adjacency((distance) => Math.max(...distance) === 1);

/** Of each neighbour that shares a face or an edge with the voxel, those of them that share a face with it. */
const isNear = NEIGHBOURS.map((step) => lengthOf(step) <= 2);
const faceSharing = adjacency((distance) => lengthOf(distance) === 1).map((others, n) =>
  isNear[n] ? others.filter((other) => isNear[other]) : [],
);
const faces = NEIGHBOURS.flatMap((step, n) => (lengthOf(step) === 1 ? [n] : []));

/** Sides from which a mask is thinned in turn, as steps to the neighbour that has to be outside. */
const sides: readonly Triple[] = [
  [-1, 0, 0],
  [1, 0, 0],
  [0, -1, 0],
  [0, 1, 0],
  [0, 0, -1],
  [0, 0, 1],
];

/**
 * The centreline of a mask: thinned from six sides in turn, without changing its topology and without shortening lines.
 *
 * Shape:  mask [D, H, W], anything but 0 is inside -> 1 on the centreline
 * Source: sequential thinning by simple points, Bertrand and Malandain 1994, doi:10.1016/0167-8655(94)90046-9
 */
export function skeletonOf(mask: Uint8Array, shape: Triple): Uint8Array {
  const [depth, height, width] = shape;
  const row = width + 2;
  const plane = (height + 2) * row;
  const padded = new Uint8Array((depth + 2) * plane);
  let inside: number[] = [];
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++, i++) {
        if (mask[i] === 0) continue;
        const at = (d + 1) * plane + (h + 1) * row + w + 1;
        padded[at] = 1;
        inside.push(at);
      }
  const offsetOf = ([d, h, w]: Triple) => d * plane + h * row + w;
  const offsets = NEIGHBOURS.map(offsetOf);
  for (let before = -1; before !== inside.length; ) {
    before = inside.length;
    for (const side of sides) thinFrom(padded, { inside, towards: offsetOf(side), offsets });
    inside = inside.filter((at) => padded[at] === 1);
  }
  const skeleton = new Uint8Array(mask.length);
  for (const at of inside) {
    const w = at % row;
    const h = ((at - w) / row) % (height + 2);
    skeleton[((Math.floor(at / plane) - 1) * height + h - 1) * width + w - 1] = 1;
  }
  return skeleton;
}

interface Thinning {
  readonly inside: readonly number[];
  readonly towards: number;
  readonly offsets: readonly number[];
}

/** Takes away, one by one, the voxels of a side that nothing hangs on. */
function thinFrom(padded: Uint8Array, { inside, towards, offsets }: Thinning): void {
  const around = new Uint8Array(offsets.length);
  const read = (at: number) => {
    for (let n = 0; n < offsets.length; n++) around[n] = padded[at + offsets[n]];
  };
  const candidates = inside.filter((at) => {
    if (padded[at] === 0 || padded[at + towards] === 1) return false;
    read(at);
    return isRemovable(around);
  });
  for (const at of candidates) {
    read(at);
    if (isRemovable(around)) padded[at] = 0;
  }
}

/** Whether a voxel is neither the end of a line nor needed to hold the mask, or what is outside, together. */
function isRemovable(around: Uint8Array): boolean {
  const count = around.reduce((sum, value) => sum + value, 0);
  return count > 1 && componentCount(around, 1, touching) === 1 && componentCount(around, 0, faceSharing) === 1;
}

/** Regions of the neighbours of one value; of those outside, only regions that reach a face of the voxel count. */
function componentCount(around: Uint8Array, value: number, adjacent: readonly (readonly number[])[]): number {
  const seen = new Uint8Array(around.length);
  const starts = value === 1 ? around.keys() : faces.values();
  let regions = 0;
  for (const start of starts) {
    if (around[start] !== value || seen[start] === 1) continue;
    regions++;
    const waiting = [start];
    seen[start] = 1;
    for (let n = waiting.pop(); n !== undefined; n = waiting.pop())
      for (const next of adjacent[n]) {
        if (around[next] !== value || seen[next] === 1) continue;
        seen[next] = 1;
        waiting.push(next);
      }
  }
  return regions;
}

function adjacency(areAdjacent: (distance: Triple) => boolean): readonly (readonly number[])[] {
  return NEIGHBOURS.map(([d, h, w]) =>
    NEIGHBOURS.flatMap(([e, i, x], n) => (areAdjacent([Math.abs(d - e), Math.abs(h - i), Math.abs(w - x)]) ? [n] : [])),
  );
}

function lengthOf(step: Triple): number {
  return step.reduce((sum, side) => sum + Math.abs(side), 0);
}
