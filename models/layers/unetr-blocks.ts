import type { Value } from "../graph/builder.ts";
import { add, concat, instanceNorm } from "../graph/operators/index.ts";
import { activated } from "./conv-block.ts";
import { type Parameters, uniformFor } from "./parameters.ts";
import { plainConvolution } from "./plain-convolution.ts";
import { transposedConvolution } from "./transposed-convolution.ts";

/** Each channel of each image to mean 0 and deviation 1, with nothing learnt. */
export function standardised(value: Value): Value {
  const { graph, shape } = value;
  const channels = Number(shape[1]);
  const each = (number: number) => graph.floats(new Array<number>(channels).fill(number), [channels]);
  return instanceNorm(value, { scale: each(1), bias: each(0) });
}

/**
 * Two convolutions whose result is added to what went in, projected where the channels differ; norms learn nothing.
 *
 * Shape:  [N, C, ...sides] -> [N, features, ...sides]
 * Source: MONAI, UnetResBlock with norm_name "instance"
 */
export function unetrResidual(
  image: Value,
  parameters: Parameters,
  { features }: { readonly features: number },
): Value {
  const normal = (name: string, value: Value, side: number) =>
    standardised(parameters.within(name, (inner) => plainConvolution(value, inner, { features, side })));
  const made = normal("conv2", activated(normal("conv1", image, 3)), 3);
  return activated(add(made, image.shape[1] === features ? image : normal("conv3", image, 1)));
}

/**
 * Twice as long sides by a transposed convolution, without an offset.
 *
 * Shape:  [N, C, ...sides] -> [N, features, ...2 * sides]
 */
export function doubled(image: Value, parameters: Parameters, { features }: { readonly features: number }): Value {
  const stride = image.shape.slice(2).map(() => 2);
  const initial = uniformFor(features * 2 ** stride.length);
  return parameters.within("conv", (inner) =>
    transposedConvolution(image, inner, { features, stride, bias: false, initial }),
  );
}

/**
 * The coarser image at the sides of a finer one, joined with it and convolved.
 *
 * Shape:  [N, C, ...sides], [N, features, ...2 * sides] -> [N, features, ...2 * sides]
 * Source: MONAI, UnetrUpBlock
 */
export function unetrUp(coarse: Value, skip: Value, parameters: Parameters): Value {
  const features = Number(skip.shape[1]);
  const larger = parameters.within("transp_conv", (inner) => doubled(coarse, inner, { features }));
  const together = concat([larger, skip], { axis: 1 });
  return parameters.within("conv_block", (inner) =>
    inner.graph.segment(() => unetrResidual(together, inner, { features })),
  );
}

/** Logits, as MONAI starts and names them. */
export function unetrOut(image: Value, parameters: Parameters, { outputs }: { readonly outputs: number }): Value {
  parameters.observe("voxels", image);
  return parameters.within("out.conv", (inner) =>
    plainConvolution(image, inner, { features: outputs, side: 1, bias: true }),
  );
}
