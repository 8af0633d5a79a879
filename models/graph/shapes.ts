import type { Dimension } from "./graph.ts";
import { GraphError } from "./graph-error.ts";

type Shape = readonly Dimension[];

/** A kernel that moves over the sides behind batch and channels. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All starts, then all ends. */
  readonly pads: readonly number[];
}

/** Sides after a window has moved over them; an open side keeps its name where its length stays. */
export function windowSides(sides: Shape, { kernel, strides, dilations, pads }: Window): Shape {
  if (sides.length !== kernel.length) mismatch("window", `${kernel.length} sides`, `[${sides.join(", ")}]`);
  return sides.map((side, axis) => {
    const width = (kernel[axis] - 1) * dilations[axis] + 1;
    const padding = pads[axis] + pads[axis + kernel.length];
    if (typeof side === "number") return Math.floor((side + padding - width) / strides[axis]) + 1;
    return strides[axis] === 1 && padding === width - 1 ? side : undefined;
  });
}

/**
 * Shape of an element-wise result of two.
 *
 * Errors: GraphError when sides that are known differ and neither is 1
 */
export function broadcastShape(first: Shape, second: Shape): Shape {
  const rank = Math.max(first.length, second.length);
  const filled = (shape: Shape) => [...Array<Dimension>(rank - shape.length).fill(1), ...shape];
  const others = filled(second);
  return filled(first).map((side, axis) => broadcastSide(side, others[axis]));
}

function broadcastSide(side: Dimension, other: Dimension): Dimension {
  if (side === other || other === 1) return side;
  if (side === 1) return other;
  if (typeof side === "number" && typeof other === "number") mismatch("broadcast", `sides of ${side}`, `${other}`);
  if (typeof side === "number") return side;
  return typeof other === "number" ? other : undefined;
}

/**
 * Shape of values laid one behind the other along an axis.
 *
 * Errors: GraphError when they differ in another axis
 */
export function concatShape(shapes: readonly Shape[], axis: number): Shape {
  const [first, ...rest] = shapes;
  return first.map((side, n) => {
    if (n === axis) return shapes.reduce<Dimension>((sum, shape) => added(sum, shape[n]), 0);
    const other = rest.find((shape) => shape[n] !== side);
    if (other !== undefined) mismatch("concat", `[${first.join(", ")}] but for axis ${axis}`, `[${other.join(", ")}]`);
    return side;
  });
}

function added(sum: Dimension, side: Dimension): Dimension {
  return typeof sum === "number" && typeof side === "number" ? sum + side : undefined;
}

/** Throws what values that do not fit each other throw. */
export function mismatch(where: string, expected: string, got: string): never {
  throw new GraphError({ where, expected, got });
}
