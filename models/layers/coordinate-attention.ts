import type { Value } from "../graph/builder.ts";
import { concat, hardSwish, mul, reduceMean, reshape, sigmoid, split } from "../graph/operators/index.ts";
import { convolution } from "./conv-block.ts";
import { type Norm, normalisedBy } from "./norm.ts";
import type { Parameters } from "./parameters.ts";

/** Channels between the pooled profiles and the shares, at least. */
const LEAST_FEATURES = 8;

/**
 * Each voxel times one share per axis, decided by the image's mean profiles along the axes.
 *
 * Shape:  [N, C, ...sides] -> [N, C, ...sides]
 * Source: Hou 2021, arXiv:2103.02907, there for two axes; every axis here
 */
export function coordinateAttention(
  value: Value,
  parameters: Parameters,
  { norm, reduction = 32 }: { readonly norm: Norm; readonly reduction?: number },
): Value {
  const [batch, channels, ...sides] = value.shape;
  const lengths = sides.map(Number);
  const along = lengths.map((length, axis) => {
    const others = lengths.flatMap((_, other) => (other === axis ? [] : [other + 2]));
    return reshape(reduceMean(value, { axes: others }), [batch, channels, length, 1]);
  });
  const features = Math.max(LEAST_FEATURES, Math.floor(Number(channels) / reduction));
  const kernel = [1, 1];
  const narrow = parameters.within("conv1", (inner) =>
    convolution(concat(along, { axis: 2 }), inner, { features, kernel }),
  );
  const active = hardSwish(normalisedBy(norm, narrow, { parameters, name: "bn1" }));
  return split(active, { axis: 2, lengths }).reduce((weighted, profile, axis) => {
    const made = parameters.within(`conv_${axis}`, (inner) =>
      convolution(profile, inner, { features: Number(channels), kernel }),
    );
    const shape = [batch, channels, ...lengths.map((length, other) => (other === axis ? length : 1))];
    return mul(weighted, reshape(sigmoid(made), shape));
  }, value);
}
