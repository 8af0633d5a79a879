import type { Initial, ParameterSpec } from "../../models/layers/parameters.ts";
import { randomFrom } from "../volume/random.ts";

/**
 * The values that a parameter starts with; they depend on the seed and its name alone, so that no other layer moves them.
 */
export function initialWeights({ name, shape, initial }: ParameterSpec, seed: number): Float32Array {
  const length = shape.reduce((product, side) => product * side, 1);
  const values = new Float32Array(length);
  return fill(values, initial, `${seed}/weights/${name}`);
}

function fill(values: Float32Array, initial: Initial, seed: string): Float32Array {
  if (initial.kind === "constant") return values.fill(initial.value);
  if (initial.kind === "values") return Float32Array.from(initial.values);
  const random = randomFrom(seed);
  return values.map(() => initial.deviation * random.normal());
}
