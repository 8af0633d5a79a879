import { componentIndicesOf } from "../../kernels/components.ts";
import type { Triple } from "../../volume/affine.ts";
import { shapeOfBox } from "../../volume/box.ts";
import type { Block } from "./patch.ts";

/** A connected structure of a case with what is around it. */
export interface Structure {
  /** In the case that it comes from. */
  readonly block: Block;
  readonly classId: number;
  /** The class that most of its neighbours have. */
  readonly hostId: number;
  /** Steps from face to face to the structure, 0 in it, for the voxels of the block; above `FEATHER` further away. */
  readonly distance: Uint8Array;
  /** Middle of its voxels, in the case. */
  readonly centre: Triple;
}

/** Voxels around a structure over which its image is shaded off. */
export const FEATHER = 2;

/** The structure of one class that a voxel of a block, by its flat index there, belongs to. */
export function structureAt(block: Block, voxel: number): Structure {
  const shape = shapeOfBox(block.box);
  const classId = block.labels[voxel];
  const mask = Uint8Array.from(block.labels, (label) => (label === classId ? 1 : 0));
  const indices = componentIndicesOf({ data: mask, shape });
  const distance = distancesFrom(
    indices.map((index) => (index === indices[voxel] ? 1 : 0)),
    shape,
  );
  return { block, classId, hostId: hostOf(block, { classId, distance }), distance, centre: centreOf(block, distance) };
}

/** Steps to the nearest voxel of a mask, counted up to one more than `FEATHER`. */
function distancesFrom(mask: Uint32Array, shape: Triple): Uint8Array {
  const distance = Uint8Array.from(mask, (inside) => (inside > 0 ? 0 : FEATHER + 1));
  for (let step = 1; step <= FEATHER; step++)
    for (let i = 0; i < distance.length; i++)
      if (distance[i] === step - 1)
        for (const neighbour of neighboursOf(i, shape)) if (distance[neighbour] > step) distance[neighbour] = step;
  return distance;
}

function neighboursOf(i: number, [depth, height, width]: Triple): readonly number[] {
  const plane = height * width;
  const [d, h, w] = [Math.floor(i / plane), Math.floor(i / width) % height, i % width];
  const found: number[] = [];
  if (d > 0) found.push(i - plane);
  if (d < depth - 1) found.push(i + plane);
  if (h > 0) found.push(i - width);
  if (h < height - 1) found.push(i + width);
  if (w > 0) found.push(i - 1);
  if (w < width - 1) found.push(i + 1);
  return found;
}

/** The most frequent class of the voxels next to a structure; 0 when it fills the block. */
function hostOf({ labels }: Block, { classId, distance }: Pick<Structure, "classId" | "distance">): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++)
    if (distance[i] === 1 && labels[i] !== classId) counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1);
  return [...counts].reduce(([most, count], [id, n]) => (n > count ? [id, n] : [most, count]), [0, 0])[0];
}

function centreOf({ box }: Block, distance: Uint8Array): Triple {
  const [, height, width] = shapeOfBox(box);
  const sums = [0, 0, 0];
  let count = 0;
  for (let i = 0; i < distance.length; i++) {
    if (distance[i] > 0) continue;
    count++;
    sums[0] += Math.floor(i / (height * width));
    sums[1] += Math.floor(i / width) % height;
    sums[2] += i % width;
  }
  const at = (axis: number) => box.start[axis] + sums[axis] / count;
  return [at(0), at(1), at(2)];
}
