import { Type } from "@sinclair/typebox";
import type { Value } from "../graph/builder.ts";
import { concat, relu, resize } from "../graph/operators/index.ts";
import { convolution } from "../layers/conv-block.ts";
import { coordinateAttention } from "../layers/coordinate-attention.ts";
import { deepDeltaAttention } from "../layers/deep-delta-attention.ts";
import { halvings } from "../layers/halvings.ts";
import { type Norm, normalisedBy, normSettings } from "../layers/norm.ts";
import type { Parameters } from "../layers/parameters.ts";
import { pyramidPooling } from "../layers/pyramid-pooling.ts";
import { separableConvolution } from "../layers/separable-convolution.ts";
import { squeezeExcitation } from "../layers/squeeze-excitation.ts";
import type { Architecture, EncoderLevel, Network } from "./architecture.ts";

const settings = Type.Object(
  {
    kind: Type.Literal("delta-seg"),
    features: Type.Optional(
      Type.Array(Type.Integer({ minimum: 4, maximum: 2048 }), {
        minItems: 3,
        maxItems: 7,
        description: "Channels of the encoder's stages, finest first; default 32, 64, 128, 256, 512.",
      }),
    ),
    bottleneck: Type.Optional(
      Type.Integer({ minimum: 4, maximum: 2048, description: "Channels of each branch of the pyramid; default 240." }),
    ),
    rates: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 64 }), {
        minItems: 1,
        maxItems: 6,
        description: "Distances between the pyramid's taps; default 6, 12, 18.",
      }),
    ),
    norm: normSettings,
  },
  { additionalProperties: false, description: "DeltaSeg: tiered attention, with deep delta attention in the skips." },
);

/** What makes one DeltaSeg differ from another. */
export interface DeltaSegOptions {
  readonly features: readonly number[];
  readonly bottleneck: number;
  readonly rates: readonly number[];
  readonly norm: Norm;
  readonly outputs: number;
  readonly heads: number;
}

/** Distances between the taps of the encoder's two last stages, the last of which keeps the resolution. */
const LAST_DILATIONS = [2, 4];

/**
 * DeltaSeg in 2-D or 3-D: squeeze-and-excitation in a depthwise-separable encoder with dilated stages, a pyramid and
 * coordinate attention in the bottleneck, deep delta attention in the skips, coordinate attention in the decoder.
 *
 * Shape:  [N, C, ...sides] -> one [N, outputs, ...] per head, finest first
 * Source: arXiv:2604.18745; widths, rates and dilations are not published: these come near its 7.14 M parameters
 */
export function deltaSeg({ features, bottleneck, rates, norm, outputs, heads }: DeltaSegOptions): Network {
  return (image, parameters) => {
    const stages = parameters.within("encoder", (inner) => encode(image, inner, { features, norm }));
    const deepest = parameters.within("bottleneck", (inner) => {
      const pooled = inner.within("pyramid", (pyramid) =>
        pyramidPooling(stages[stages.length - 1].value, pyramid, { features: bottleneck, rates, norm }),
      );
      return inner.within("attention", (attention) => coordinateAttention(pooled, attention, { norm }));
    });
    parameters.observe("bottleneck", deepest);
    return parameters.within("decoder", (inner) => decode(deepest, inner, { stages, norm, outputs, heads }));
  };
}

function encode(
  image: Value,
  parameters: Parameters,
  { features, norm }: Pick<DeltaSegOptions, "features" | "norm">,
): readonly EncoderLevel[] {
  const one = image.shape.slice(2).map(() => 1);
  const strides = [one, ...halvings(image.shape.slice(2).map(Number), features.length - 2), one];
  let value = image;
  return features.map((width, level) => {
    const dilation = LAST_DILATIONS[level - features.length + LAST_DILATIONS.length] ?? 1;
    const stride = strides[level];
    value = parameters.within(`stages.${level}`, (stage) =>
      encoderStage(value, stage, { features: width, stride, dilation, norm }),
    );
    return { value, stride };
  });
}

interface StageOptions {
  readonly features: number;
  readonly stride: readonly number[];
  readonly dilation: number;
  readonly norm: Norm;
}

function encoderStage(image: Value, parameters: Parameters, { features, stride, dilation, norm }: StageOptions): Value {
  return parameters.graph.segment(() => {
    const first = parameters.within("0", (inner) => separableConvolution(image, inner, { features, stride, norm }));
    const second = parameters.within("1", (inner) => separableConvolution(first, inner, { features, dilation, norm }));
    return parameters.within("se", (inner) => squeezeExcitation(second, inner));
  });
}

function decode(
  deepest: Value,
  parameters: Parameters,
  {
    stages,
    norm,
    outputs,
    heads,
  }: Pick<DeltaSegOptions, "norm" | "outputs" | "heads"> & { readonly stages: readonly EncoderLevel[] },
): readonly Value[] {
  const logits: Value[] = [];
  let value = deepest;
  for (let level = stages.length - 2; level >= 0; level--) {
    const { stride } = stages[level + 1];
    const below = stride.some((each) => each > 1) ? resize(value, { scales: stride, mode: "linear" }) : value;
    value = parameters.within(`stages.${level}`, (inner) =>
      decoderStage(below, inner, { skip: stages[level].value, norm }),
    );
    if (level === 0) parameters.observe("voxels", value);
    if (level >= heads) continue;
    const kernel = stride.map(() => 1);
    logits.unshift(
      parameters.within(`logits.${level}`, (inner) => convolution(value, inner, { features: outputs, kernel })),
    );
  }
  return logits;
}

function decoderStage(
  below: Value,
  parameters: Parameters,
  { skip, norm }: { readonly skip: Value; readonly norm: Norm },
): Value {
  return parameters.graph.segment(() => {
    const gated = parameters.within("delta", (inner) => deepDeltaAttention(skip, below, inner));
    const features = Number(skip.shape[1]);
    const kernel = skip.shape.slice(2).map(() => 3);
    const made = [0, 1].reduce(
      (value, n) => {
        const convolved = parameters.within(`${n}.conv`, (inner) =>
          convolution(value, inner, { features, kernel, bias: false }),
        );
        return relu(normalisedBy(norm, convolved, { parameters, name: `${n}.norm` }));
      },
      concat([below, gated], { axis: 1 }),
    );
    return parameters.within("attention", (inner) => coordinateAttention(made, inner, { norm }));
  });
}

/** Channels of the encoder's stages. */
const FEATURES = [32, 64, 128, 256, 512];

/** DeltaSeg, published in 2-D with 7.14 M parameters. */
export const deltaSegArchitecture: Architecture<typeof settings> = {
  schema: settings,
  title: "DeltaSeg",
  source: "arXiv:2604.18745",
  variants: { published: { kind: "delta-seg" } },
  build: ({ features = FEATURES, bottleneck = 240, rates = [6, 12, 18], norm = "batch" }, { outputs, heads }) =>
    deltaSeg({ features, bottleneck, rates, norm, outputs, heads }),
  encoder:
    ({ features = FEATURES, norm = "batch" }) =>
    (image, parameters) =>
      encode(image, parameters, { features, norm }),
};
