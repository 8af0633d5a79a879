import type { Initial, ParameterSpec } from "../../models/layers/parameters.ts";
import type { CarriedValue } from "../../models/training-step.ts";
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
  if (initial.kind === "uniform") return values.map(() => initial.bound * (2 * random.uniform() - 1));
  return values.map(() => initial.deviation * random.normal());
}

/** What a run carries before its first step: weights and their average as they start, the optimiser's state 0. */
export function initialCarried(values: readonly CarriedValue[], seed: number): ReadonlyMap<string, Float32Array> {
  return new Map(values.map((value) => [value.name, startOf(value, seed)]));
}

function startOf(value: CarriedValue, seed: number): Float32Array {
  if (value.kind === "buffer") return initialWeights(value.spec, seed);
  const vector = new Float32Array(value.group.length);
  if (value.kind === "state") return vector;
  let offset = 0;
  for (const parameter of value.group.parameters) {
    const weights = initialWeights(parameter, seed);
    vector.set(weights, offset);
    offset += weights.length;
  }
  return vector;
}
