import type { Triple } from "../../pipeline/volume/affine.ts";

/** Regions of the voxels that are inside, found by flooding; 6 neighbours share a face, 26 a corner at least. */
export function slowRegions(mask: ArrayLike<number>, shape: Triple, neighbours: 6 | 26): number {
  const waiting = new Set(Array.from(mask).flatMap((value, i) => (value === 0 ? [] : [String(placeOf(i, shape))])));
  const steps = [-1, 0, 1].flatMap((d) => [-1, 0, 1].flatMap((h) => [-1, 0, 1].map((w): Triple => [d, h, w])));
  const near = steps.filter((step) => neighbours === 26 || step.filter((side) => side !== 0).length === 1);
  let regions = 0;
  for (const start of waiting) {
    regions++;
    waiting.delete(start);
    const front = [start];
    for (let next = front.pop(); next !== undefined; next = front.pop()) {
      const place = next.split(",").map(Number);
      for (const step of near) {
        const other = String(place.map((at, axis) => at + step[axis]));
        if (waiting.delete(other)) front.push(other);
      }
    }
  }
  return regions;
}

/** Vertices - edges + faces - cubes of the closed cubes around the voxels that are inside, each cell counted once. */
export function slowEuler(mask: ArrayLike<number>, shape: Triple): number {
  const cells = new Set<string>();
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    // In half voxels, a cube's centre is odd on each axis; its faces, edges and corners are its 26 neighbours.
    const centre = placeOf(i, shape).map((at) => 2 * at + 1);
    for (const d of [-1, 0, 1])
      for (const h of [-1, 0, 1])
        for (const w of [-1, 0, 1]) cells.add(String([centre[0] + d, centre[1] + h, centre[2] + w]));
  }
  let sum = 0;
  for (const cell of cells) {
    const dimension = cell.split(",").filter((at) => Math.abs(Number(at)) % 2 === 1).length;
    sum += dimension % 2 === 0 ? 1 : -1;
  }
  return sum;
}

/** Regions, tunnels and cavities from their definitions. */
export function slowBetti(mask: ArrayLike<number>, shape: Triple): readonly [number, number, number] {
  const regions = slowRegions(mask, shape, 26);
  const cavities = slowRegions(...outsideOf(mask, shape), 6) - 1;
  return [regions, regions + cavities - slowEuler(mask, shape), cavities];
}

/** What is not inside, with a border of one voxel all around. */
function outsideOf(mask: ArrayLike<number>, shape: Triple): [Uint8Array, Triple] {
  const wider: Triple = [shape[0] + 2, shape[1] + 2, shape[2] + 2];
  const outside = new Uint8Array(wider[0] * wider[1] * wider[2]).fill(1);
  for (let i = 0; i < mask.length; i++) {
    const [d, h, w] = placeOf(i, shape);
    if (mask[i] !== 0) outside[((d + 1) * wider[1] + h + 1) * wider[2] + w + 1] = 0;
  }
  return [outside, wider];
}

function placeOf(index: number, [, height, width]: Triple): Triple {
  return [Math.floor(index / (height * width)), Math.floor(index / width) % height, index % width];
}
