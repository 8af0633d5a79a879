import type { Value } from "../graph/builder.ts";
import { add, concat, instanceNorm } from "../graph/operators/index.ts";
import { activated, convolution } from "./conv-block.ts";
import { type Parameters, uniformFor } from "./parameters.ts";
import { transposedConvolution } from "./transposed-convolution.ts";

/** Each channel of each image to mean 0 and deviation 1, with nothing learnt. */
export function standardised(value: Value): Value {
  const { graph, shape } = value;
  const channels = Number(shape[1]);
  const each = (number: number) => graph.floats(new Array<number>(channels).fill(number), [channels]);
  return instanceNorm(value, { scale: each(1), bias: each(0) });
}

/** A convolution as MONAI starts and names it, without an offset. */
function plainConvolution(
  image: Value,
  parameters: Parameters,
  { features, side }: { readonly features: number; readonly side: number },
): Value {
  const kernel = image.shape.slice(2).map(() => side);
  const fanIn = kernel.reduce((product, each) => product * each, Number(image.shape[1]));
  return parameters.within("conv", (inner) =>
    convolution(image, inner, { features, kernel, bias: false, initial: uniformFor(fanIn) }),
  );
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
  const kernel = image.shape.slice(2).map(() => 1);
  const initial = uniformFor(Number(image.shape[1]));
  return parameters.within("out", (out) =>
    out.within("conv", (outer) =>
      outer.within("conv", (inner) => convolution(image, inner, { features: outputs, kernel, initial })),
    ),
  );
}
