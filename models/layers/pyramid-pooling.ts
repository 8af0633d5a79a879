import type { Value } from "../graph/builder.ts";
import { add, concat, conv, globalAveragePool, relu } from "../graph/operators/index.ts";
import { convolution } from "./conv-block.ts";
import { type Norm, normalisedBy } from "./norm.ts";
import { heNormal, type Parameters } from "./parameters.ts";

/** An atrous spatial pyramid. */
export interface PyramidOptions {
  readonly features: number;
  /** Distances between taps, one branch each. */
  readonly rates: readonly number[];
  readonly norm: Norm;
}

/**
 * Atrous spatial pyramid pooling: one voxel, kernels of 3 at several rates and the image's mean, side by side, then mixed.
 *
 * Shape:  [N, C, ...] -> [N, features, ...]
 * Source: Chen 2017, arXiv:1706.05587; the mean of a single image has no spread, so that its branch is not normalised. Its
 *         part of the last convolution is computed once per image
 */
export function pyramidPooling(image: Value, parameters: Parameters, { features, rates, norm }: PyramidOptions): Value {
  const rank = image.shape.length - 2;
  const one = new Array<number>(rank).fill(1);
  const finish = (made: Value, name: string) => relu(normalisedBy(norm, made, { parameters, name: `${name}.norm` }));
  const pointwise = (value: Value, name: string) =>
    parameters.within(`${name}.conv`, (inner) => convolution(value, inner, { features, kernel: one, bias: false }));
  const branches = rates.map((rate, n) => {
    const made = parameters.within(`atrous.${n}.conv`, (inner) => atrous(image, inner, { features, rate }));
    return finish(made, `atrous.${n}`);
  });
  const near = finish(pointwise(image, "near"), "near");
  const mean = relu(
    parameters.within("mean.conv", (inner) => convolution(globalAveragePool(image), inner, { features, kernel: one })),
  );
  const mixed = add(pointwise(concat([near, ...branches], { axis: 1 }), "project"), pointwise(mean, "project.mean"));
  return finish(mixed, "project");
}

function atrous(
  image: Value,
  parameters: Parameters,
  { features, rate }: { readonly features: number; readonly rate: number },
): Value {
  const channels = Number(image.shape[1]);
  const kernel = image.shape.slice(2).map(() => 3);
  const reach = kernel.map(() => rate);
  const fanIn = kernel.reduce((product, side) => product * side, channels);
  return conv(image, {
    weight: parameters.weight("weight", [features, channels, ...kernel], heNormal(fanIn)),
    dilations: reach,
    pads: [...reach, ...reach],
  });
}
