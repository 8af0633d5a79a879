import type { Value } from "../graph/builder.ts";
import { reduceSum, reshape } from "../graph/operators/index.ts";

/** Sums over the axes along which a value of `shape` was stretched to the gradient's shape. */
export function reduceToShape(gradient: Value, shape: Value["shape"]): Value {
  const extra = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((side, axis) =>
    axis < extra || (shape[axis - extra] === 1 && side !== 1) ? [axis] : [],
  );
  const summed = axes.length === 0 ? gradient : reduceSum(gradient, { axes });
  return reshape(summed, shape);
}
