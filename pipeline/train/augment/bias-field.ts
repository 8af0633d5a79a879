import { Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import { momentsOf } from "../../kernels/statistics.ts";
import type { Triple } from "../../volume/affine.ts";
import { channelsOf } from "./patch.ts";
import { between, type Complete, interval, type PatchTransform, probability } from "./transform.ts";

export const biasFieldSchema = record(
  {
    kind: Type.Literal("bias-field"),
    probability,
    range: interval("size: the field runs from e^-size to e^size at most.", { minimum: 0, maximum: 2 }),
  },
  "Multiply by a smooth field, as the coils of an MR scanner do.",
);

/** Highest power of a coordinate, and of a product of them. */
const DEGREE = 3;

/** Powers of [D, H, W] of each term, the constant left out. */
const powers: readonly Triple[] = [0, 1, 2, 3]
  .flatMap((d) => [0, 1, 2, 3].flatMap((h) => [0, 1, 2, 3].map((w): Triple => [d, h, w])))
  .filter(([d, h, w]) => d + h + w > 0 && d + h + w <= DEGREE);

/**
 * Brightens one part of the patch and darkens another, then gives each channel back its mean and standard deviation, as
 * the normalisation of the whole scan would.
 *
 * Source: TorchIO `RandomBiasField` (polynomial of degree 3 in the exponent); the size of the whole field is drawn here,
 * not that of each coefficient
 */
export const biasField: PatchTransform<Complete<typeof biasFieldSchema>> = {
  role: "patch",
  defaults: { kind: "bias-field", probability: 0.2, range: [0.1, 0.5] },
  applyInto: (patch, { range }, { random }) => {
    const size = between(random, range);
    const field = fieldOf(patch.shape, { size, coefficients: powers.map(() => 2 * random.uniform() - 1) });
    for (const channel of channelsOf(patch)) shadeInto(channel, field);
  },
};

/** e to the power of a polynomial whose largest value, in size, is `size`; coordinates run from -1 to 1. */
export function fieldOf(
  shape: Triple,
  { size, coefficients }: { readonly size: number; readonly coefficients: readonly number[] },
): Float32Array {
  const field = new Float32Array(shape[0] * shape[1] * shape[2]);
  for (let d = 0, i = 0; d < shape[0]; d++)
    for (let h = 0; h < shape[1]; h++) {
      const [c0, c1, c2, c3] = rowPolynomial(coefficients, coordinate(d, shape[0]), coordinate(h, shape[1]));
      for (let w = 0; w < shape[2]; w++, i++) {
        const x = coordinate(w, shape[2]);
        field[i] = c0 + x * (c1 + x * (c2 + x * c3));
      }
    }
  const { min, max } = momentsOf(field);
  const factor = size / Math.max(-min, max, Number.MIN_VALUE);
  return field.map((exponent) => Math.exp(factor * exponent));
}

function coordinate(index: number, count: number): number {
  return count === 1 ? 0 : (2 * index) / (count - 1) - 1;
}

/** Coefficients of 1, x, x^2, x^3 along a row. */
function rowPolynomial(coefficients: readonly number[], z: number, y: number): readonly number[] {
  const row = [0, 0, 0, 0];
  for (const [n, [d, h, w]] of powers.entries()) row[w] += coefficients[n] * z ** d * y ** h;
  return row;
}

/** Multiplies by the field what values are above their lowest, which stands for air; mean and deviation stay. */
function shadeInto(voxels: Float32Array, field: Float32Array): void {
  const { mean, std, min, max } = momentsOf(voxels);
  if (!(max > min)) return;
  for (let i = 0; i < voxels.length; i++) voxels[i] = (voxels[i] - min) * field[i];
  const shaded = momentsOf(voxels);
  const factor = std / shaded.std;
  for (let i = 0; i < voxels.length; i++) voxels[i] = mean + factor * (voxels[i] - shaded.mean);
}
