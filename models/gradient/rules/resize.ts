import { textAttribute } from "../../graph/attributes.ts";
import type { Value } from "../../graph/builder.ts";
import { matmul, transpose } from "../../graph/operators/index.ts";
import { floatTensor } from "../../graph/tensor.ts";
import type { GradientRule } from "../rule.ts";

/** Resizing is a matrix along each axis; the way back is its transpose. */
const resizeRule: GradientRule = (backward) => {
  const {
    gradient,
    inputs: [image],
  } = backward;
  const mode = textAttribute(backward, "mode", "nearest") === "linear" ? "linear" : "nearest";
  return [
    image.shape.reduce<Value>((value, side, axis) => {
      const [from, to] = [Number(side), Number(gradient.shape[axis])];
      return from === to ? value : alongAxis(value, { axis, matrix: resizeMatrix(value, { from, to, mode }) });
    }, gradient),
  ];
};

/** The product of the elements along an axis with a matrix. */
function alongAxis(value: Value, { axis, matrix }: { axis: number; matrix: Value }): Value {
  const last = value.shape.length - 1;
  const order = value.shape.map((_, n) => (n === axis ? last : n === last ? axis : n));
  return transpose(matmul(transpose(value, order), matrix), order);
}

interface AxisResize {
  readonly from: number;
  readonly to: number;
  readonly mode: "linear" | "nearest";
}

/** What each of `to` elements takes of each of `from`, [to, from], as a constant. */
function resizeMatrix({ graph }: Value, { from, to, mode }: AxisResize): Value {
  const name = `${mode} resize ${from} to ${to}`;
  return graph.shared(name, () => {
    const values = new Float32Array(to * from);
    for (let i = 0; i < to; i++)
      for (const [j, weight] of takenBy(i, { from, to, mode })) values[i * from + j] += weight;
    return floatTensor(name, [to, from], values);
  });
}

/** Source elements and their weights, voxel centres half a voxel inside. */
function takenBy(i: number, { from, to, mode }: AxisResize): readonly (readonly [index: number, weight: number])[] {
  const place = ((i + 0.5) * from) / to - 0.5;
  const held = (index: number) => Math.min(from - 1, Math.max(0, index));
  // Half goes down: round_prefer_floor.
  if (mode === "nearest") return [[held(Math.ceil(place - 0.5)), 1]];
  const low = Math.floor(place);
  return [
    [held(low), 1 - (place - low)],
    [held(low + 1), place - low],
  ];
}

/** Rules of resizing. */
export const resizeRules: readonly (readonly [op: string, rule: GradientRule])[] = [["Resize", resizeRule]];
