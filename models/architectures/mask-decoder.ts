import { Type } from "@sinclair/typebox";
import type { Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";
import { add, concat, matmul, relu, reshape, resize, split, swapLast } from "../graph/operators/index.ts";
import { convBlock, convolution, normalised } from "../layers/conv-block.ts";
import { FOCAL_BIAS, type FocalBiasSettings, focalBias, focalBiasOf, focalBiasSettings } from "../layers/focal-bias.ts";
import { linear } from "../layers/linear.ts";
import type { Parameters } from "../layers/parameters.ts";
import { sinePlaces } from "../layers/sine-places.ts";
import { transposedConvolution } from "../layers/transposed-convolution.ts";
import { twoWayTransformer } from "../layers/two-way-transformer.ts";
import type { Architecture, EncoderLevel, Network, NetworkContext } from "./architecture.ts";
import { type EncoderSettings, encoderFrom, encoderSettings, encoderSides } from "./encoders.ts";

const whole = (minimum: number, maximum: number, description: string) =>
  Type.Optional(Type.Integer({ minimum, maximum, description }));

const settings = Type.Object(
  {
    kind: Type.Literal("mask-decoder"),
    encoder: Type.Optional(encoderSettings),
    features: whole(16, 1024, "Channels of tokens and image positions; eight divides them; default 256."),
    heads: whole(1, 32, "Attention heads; they divide half the features; default 8."),
    hidden: whole(8, 8192, "Channels inside a block's feed-forward layer; default 2048."),
    depth: whole(1, 12, "Two-way blocks; default 2."),
    focalAttention: Type.Optional(focalBiasSettings),
  },
  { additionalProperties: false, description: "Class tokens that look at an image's features, and a mask from each." },
);

/** What makes one mask decoder differ from another. */
export interface MaskDecoderOptions {
  readonly encoder: EncoderSettings;
  readonly stages: NetworkContext["stages"];
  readonly features: number;
  readonly heads: number;
  readonly hidden: number;
  readonly depth: number;
  /** None for attention without a bias per class. */
  readonly focalAttention?: FocalBiasSettings | undefined;
  /** Of each output channel, as a share of all voxels. */
  readonly frequencies: readonly number[];
  readonly outputs: number;
}

/** What attention between tokens and image divides the channels by. */
const DOWNSAMPLE = 2;

/** Channels of the embedded voxels are an eighth of the tokens'. */
const EMBEDDING_SHARE = 8;

/** The scope that the bias per class lies in. */
const FOCAL_SCOPE = "focal_bias";

/**
 * One token per class and the coarsest features of any encoder look at each other in a two-way transformer; the features are
 * brought back to full resolution over the encoder's finer ones; each token's mask is the product of what three layers make
 * of it with every voxel. With focal attention, image positions look at class tokens with a learnt bias per class.
 *
 * Shape:  [N, C, ...sides] -> [N, outputs, ...sides]
 * Errors: GraphError when the heads do not divide the features
 * Source: Kirillov 2023, arXiv:2304.02643, Segment Anything's mask decoder with the class tokens of SAM-Path and the bias of
 *         arXiv:2604.13479. There the encoder is frozen and masks have a quarter of the image's sides; here it is
 *         trained along and its finer features are added on the way up, as Mask2Former's pixel decoder does
 *         (arXiv:2112.01527). The token that foretells the overlap is left out: a softmax has no masks to choose among
 */
export function maskDecoder(options: MaskDecoderOptions): Network {
  const { encoder, stages, features, heads, outputs } = options;
  if (features % EMBEDDING_SHARE !== 0 || (features / DOWNSAMPLE) % heads !== 0)
    throw new GraphError({
      where: "network/features",
      expected: `a multiple of ${EMBEDDING_SHARE} and of ${DOWNSAMPLE} x ${heads} heads`,
      got: `${features}`,
    });
  return (image, parameters) => {
    const levels = parameters.within("encoder", (inner) => encoderFrom(encoder, { stages })(image, inner));
    return parameters.within("decoder", (inner) => {
      const coarsest = levels[levels.length - 1].value;
      inner.observe("bottleneck", coarsest);
      const { tokens, features: seen } = attended(coarsest, inner, options);
      const voxels = inner.within("upscaling", (up) => upscaled(seen, up, { levels, features }));
      inner.observe("voxels", voxels);
      const filters = inner.within("hypernetworks", (heads) => filtersOf(tokens, heads, { outputs, features }));
      return [masksOf(filters, voxels, image)];
    });
  };
}

/** Class tokens and the coarsest features after they have looked at each other. */
function attended(
  coarsest: Value,
  parameters: Parameters,
  { features, heads, hidden, depth, outputs, frequencies, focalAttention }: MaskDecoderOptions,
): { readonly tokens: Value; readonly features: Value } {
  const embedded = parameters.within("neck", (inner) => neck(coarsest, inner, features));
  const [batch, , ...sides] = embedded.shape;
  const positions = sides.reduce<number>((product, side) => product * Number(side), 1);
  const rows = swapLast(reshape(embedded, [batch, features, positions]));
  const places = sinePlaces(parameters.graph, sides.map(Number), features);
  const names = parameters.weight("class_tokens", [outputs, features], { kind: "normal", deviation: 1 });
  const bias =
    focalAttention === undefined
      ? undefined
      : parameters.within(FOCAL_SCOPE, (inner) => focalBias(inner, { frequencies, settings: focalAttention }));
  const { tokens, image } = parameters.within("transformer", (inner) =>
    twoWayTransformer({ tokens: reshape(names, [1, outputs, features]), image: rows, places }, inner, {
      depth,
      heads,
      hidden,
      downsample: DOWNSAMPLE,
      ...(bias === undefined ? {} : { adjust: (logits) => add(logits, bias) }),
    }),
  );
  return { tokens, features: reshape(swapLast(image), [batch, features, ...sides]) };
}

/** Source: the neck of SAM-Path and of arXiv:2604.13479, with instance in the place of layer normalisation */
function neck(value: Value, parameters: Parameters, features: number): Value {
  const kernel = (side: number) => value.shape.slice(2).map(() => side);
  const layer = (image: Value, n: number, side: number) => {
    const made = parameters.within(`${n}`, (inner) =>
      convolution(image, inner, { features, kernel: kernel(side), bias: false }),
    );
    return parameters.within(`${n + 1}`, (inner) => normalised(made, inner));
  };
  return layer(layer(value, 0, 1), 2, 3);
}

/** Up over the encoder's levels to the finest. */
function upscaled(
  coarsest: Value,
  parameters: Parameters,
  { levels, features }: { readonly levels: readonly EncoderLevel[]; readonly features: number },
): Value {
  let value = coarsest;
  for (let level = levels.length - 2; level >= 0; level--) {
    const isFirst = level === levels.length - 2;
    const width = isFirst && level > 0 ? features / 4 : features / EMBEDDING_SHARE;
    value = parameters.within(`${level}`, (inner) =>
      inner.graph.segment(() => {
        const larger = inner.within("up", (up) =>
          transposedConvolution(value, up, { features: width, stride: levels[level + 1].stride }),
        );
        const kernel = levels[level].stride;
        const beside = inner.within("lateral", (lateral) =>
          convolution(levels[level].value, lateral, { features: width, kernel: kernel.map(() => 1) }),
        );
        return inner.within("output", (output) =>
          convBlock(add(larger, beside), output, { features: width, kernel: kernel.map(() => 3) }),
        );
      }),
    );
  }
  return value;
}

/** A filter over the embedded voxels from each class's token, by three layers of its own. */
function filtersOf(
  tokens: Value,
  parameters: Parameters,
  { outputs, features }: { readonly outputs: number; readonly features: number },
): Value {
  const each = split(tokens, { axis: 1, lengths: new Array<number>(outputs).fill(1) });
  const filters = each.map((token, n) =>
    parameters.within(`${n}.layers`, (inner) => {
      const layer = (value: Value, k: number, width: number) =>
        inner.within(`${k}`, (own) => linear(value, own, { features: width }));
      const hidden = relu(layer(relu(layer(token, 0, features)), 1, features));
      return layer(hidden, 2, features / EMBEDDING_SHARE);
    }),
  );
  return concat(filters, { axis: 1 });
}

/** Logits at the image's sides: filter times voxel, enlarged where the encoder's finest features are smaller than the image. */
function masksOf(filters: Value, voxels: Value, image: Value): Value {
  const [batch, width, ...sides] = voxels.shape;
  const positions = sides.reduce<number>((product, side) => product * Number(side), 1);
  const products = matmul(filters, reshape(voxels, [batch, width, positions]));
  const masks = reshape(products, [batch, filters.shape[1], ...sides]);
  const scales = sides.map((side, axis) => Number(image.shape[axis + 2]) / Number(side));
  return scales.every((each) => each === 1) ? masks : resize(masks, { scales, mode: "linear" });
}

/** The learnt bias among all parameters. */
const biasName = `decoder.${FOCAL_SCOPE}.${FOCAL_BIAS}`;

/** Mask decoder with or without dynamic focal attention. */
export const maskDecoderArchitecture: Architecture<typeof settings> = {
  schema: settings,
  title: "Mask decoder with class tokens",
  source: "arXiv:2604.13479, arXiv:2304.02643",
  variants: {
    plain: { kind: "mask-decoder" },
    "focal-attention": { kind: "mask-decoder", focalAttention: {} },
  },
  build: (
    { encoder = { kind: "unet" }, features = 256, heads = 8, hidden = 2048, depth = 2, focalAttention },
    context,
  ) => {
    const sizes = { features, heads, hidden, depth };
    const { stages, outputs } = context;
    return maskDecoder({ encoder, stages, ...sizes, focalAttention, outputs, frequencies: frequenciesIn(context) });
  },
  sides: ({ encoder }, wanted) => (encoder === undefined ? wanted : encoderSides(encoder, wanted)),
  groups: ({ focalAttention }) => {
    if (focalAttention === undefined || focalAttention.form === "fixed") return [];
    const { learningRate = 2e-3, clipNorm = 0.5 } = focalAttention;
    return [{ name: "focal-bias", match: `^${biasName}$`, learningRate, clipNorm, weightDecay: 0 }];
  },
  classBias: ({ focalAttention }, context, valuesOf) => {
    if (focalAttention === undefined) return undefined;
    const learnt = focalAttention.form === "fixed" ? [] : [...valuesOf(biasName)];
    return focalBiasOf(learnt, { frequencies: frequenciesIn(context), settings: focalAttention });
  },
};

function frequenciesIn({ outputs, frequencies }: NetworkContext): readonly number[] {
  return frequencies ?? new Array<number>(outputs).fill(1 / outputs);
}
