import type { Triple } from "../../pipeline/volume/affine.ts";

/** An image and, in its voxels, where it is wanted. */
interface Sampling {
  readonly data: ArrayLike<number>;
  readonly shape: Triple;
  readonly outside: number | "edge";
}

/** The eight neighbours of a point and what each weighs, those beyond the border replaced by the border's. */
function neighboursOf({ data, shape }: Sampling, point: Triple): readonly { value: number; weight: number }[] {
  const held = point.map((at, axis) => Math.min(shape[axis] - 1, Math.max(0, at)));
  return Array.from({ length: 8 }, (_, n) => {
    const steps = [(n >> 2) & 1, (n >> 1) & 1, n & 1];
    const [d, h, w] = held.map((at, axis) => Math.min(shape[axis] - 1, Math.floor(at) + steps[axis]));
    const weights = held.map((at, axis) => (steps[axis] === 1 ? at - Math.floor(at) : 1 - at + Math.floor(at)));
    return { value: data[(d * shape[1] + h) * shape[2] + w], weight: weights[0] * weights[1] * weights[2] };
  });
}

/** Whether a point lies farther than half a voxel beyond the image, and that matters. */
export function isOutside({ shape, outside }: Sampling, point: Triple): boolean {
  return outside !== "edge" && point.some((at, axis) => at < -0.5 || at > shape[axis] - 0.5);
}

/** Linear interpolation at one point, from its definition. */
export function slowLinear(sampling: Sampling, point: Triple): number {
  if (isOutside(sampling, point)) return sampling.outside as number;
  return neighboursOf(sampling, point).reduce((sum, { value, weight }) => sum + weight * value, 0);
}

/** The value of the nearest voxel, from its definition. */
export function slowNearest(sampling: Sampling, point: Triple): number {
  if (isOutside(sampling, point)) return sampling.outside as number;
  const { data, shape } = sampling;
  const [d, h, w] = point.map((at, axis) => Math.min(shape[axis] - 1, Math.max(0, Math.floor(at + 0.5))));
  return data[(d * shape[1] + h) * shape[2] + w];
}

/** The share of each class among a point's eight neighbours. */
export function slowShares(sampling: Sampling, point: Triple): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  for (const { value, weight } of neighboursOf(sampling, point)) shares.set(value, (shares.get(value) ?? 0) + weight);
  return shares;
}
