import type { Value } from "../graph/builder.ts";
import { globalAveragePool, mul, relu, sigmoid } from "../graph/operators/index.ts";
import { convolution } from "./conv-block.ts";
import type { Parameters } from "./parameters.ts";

/** Channels between the two projections, at least: with fewer, ReLU may let nothing through. */
const LEAST_FEATURES = 4;

/**
 * Each channel times a share that the means of all channels decide.
 *
 * Shape:  [N, C, ...] -> [N, C, ...]; between them C / reduction channels, four at least
 * Source: Hu 2018, arXiv:1709.01507
 */
export function squeezeExcitation(
  value: Value,
  parameters: Parameters,
  { reduction = 16 }: { readonly reduction?: number } = {},
): Value {
  const channels = Number(value.shape[1]);
  const kernel = value.shape.slice(2).map(() => 1);
  const features = Math.max(LEAST_FEATURES, Math.floor(channels / reduction));
  const squeezed = parameters.within("squeeze", (inner) =>
    convolution(globalAveragePool(value), inner, { features, kernel }),
  );
  const shares = parameters.within("excite", (inner) =>
    convolution(relu(squeezed), inner, { features: channels, kernel }),
  );
  return mul(value, sigmoid(shares));
}
