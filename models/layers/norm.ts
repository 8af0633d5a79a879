import { Type } from "@sinclair/typebox";
import type { Value } from "../graph/builder.ts";
import { batchNormalised } from "./batch-norm.ts";
import { normalised } from "./conv-block.ts";
import type { Parameters } from "./parameters.ts";

/** Over what channels are brought to mean 0 and deviation 1: the batch, or each image by itself. */
export type Norm = "batch" | "instance";

/** Settings of a network's normalisation. */
export const normSettings = Type.Optional(
  Type.Unsafe<Norm>({
    type: "string",
    enum: ["batch", "instance"],
    description: "Normalisation over the batch (default), or of each image by itself, for small batches.",
  }),
);

/**
 * Normalisation of either kind, its parameters under `name`.
 *
 * Shape:  [N, C, ...] -> [N, C, ...]
 */
export function normalisedBy(
  norm: Norm,
  value: Value,
  { parameters, name }: { readonly parameters: Parameters; readonly name: string },
): Value {
  const layer = norm === "batch" ? batchNormalised : normalised;
  return parameters.within(name, (inner) => layer(value, inner));
}
