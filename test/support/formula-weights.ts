import type { ParameterSpec } from "../../models/layers/parameters.ts";

/**
 * Weights that another program can make from a parameter's name and shape alone; formula_weights.py is the same in Python.
 *
 * Value i of `name` is a sine of 0.37 i and the sum of the name's letters; factors of normalisations are about 1, variances
 * above 1, offsets small, all others as wide as He's initial weights. `chirp` i² is added to the angle: without it matrices are of
 * rank 2, and what a norm leaves of some channels is rounding.
 */
export function formulaWeights(
  { name, shape }: Pick<ParameterSpec, "name" | "shape">,
  { chirp = 0 }: { readonly chirp?: number } = {},
): Float32Array {
  const letters = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 1000;
  const length = shape.reduce((product, side) => product * side, 1);
  const wave = (i: number) => Math.sin(0.37 * i + chirp * i * i + 0.11 * letters);
  if (shape.length > 1) {
    const width = Math.sqrt((4 * shape[0]) / length);
    return Float32Array.from({ length }, (_, i) => width * wave(i));
  }
  if (name.endsWith("running_var")) return Float32Array.from({ length }, (_, i) => 1 + 0.5 * wave(i) ** 2);
  const middle = name.endsWith("weight") ? 1 : 0;
  return Float32Array.from({ length }, (_, i) => middle + 0.1 * wave(i));
}

/** An image of waves, as formula_weights.py makes it. */
export function formulaImage(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(0.013 * i) + Math.cos(0.0071 * i));
}
