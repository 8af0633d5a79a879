import { Type } from "@sinclair/typebox";
import type { Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";
import { add, relu, resize } from "../graph/operators/index.ts";
import { groupNormalised } from "../layers/group-normalised.ts";
import { halvings } from "../layers/halvings.ts";
import type { Parameters } from "../layers/parameters.ts";
import { plainConvolution } from "../layers/plain-convolution.ts";
import type { Architecture, Network } from "./architecture.ts";

/** What makes one SegResNet differ from another; what is left out is as in the paper. */
export interface SegResNetOptions {
  /** Classes or regions. */
  readonly outputs: number;
  /** Of the finest resolution; each coarser one has twice as many. */
  readonly features?: number;
  /** Residual blocks of each resolution of the encoder, finest first. */
  readonly down?: readonly number[];
  /** Residual blocks of each resolution of the decoder, coarsest first; one fewer than the encoder has. */
  readonly up?: readonly number[];
  /** Groups that channels are normalised in; they divide the features. */
  readonly groups?: number;
}

/** Residual blocks of each resolution of the encoder, and groups of the normalisation, as published. */
const DOWN: readonly number[] = [1, 2, 2, 4];
const GROUPS = 8;

/**
 * SegResNet in 2-D or 3-D: residual blocks with group normalisation, a large encoder and a small decoder that adds its skips. No
 * deep supervision, no autoencoder beside it.
 *
 * Parameters are named as in MONAI's SegResNet, whose weights it takes; dropout is 0 as there.
 *
 * Shape:  [N, C, ...sides] -> [N, outputs, ...sides]; an odd side is not halved
 * Errors: GraphError when the groups do not divide the features, or the decoder has not one resolution fewer
 * Source: Myronenko 2018, arXiv:1810.11654, as MONAI has it
 */
export function segResNet({
  outputs,
  features = 32,
  down = DOWN,
  up = down.slice(1).map(() => 1),
  groups = GROUPS,
}: SegResNetOptions): Network {
  if (features % groups !== 0)
    throw new GraphError({ where: "segresnet", expected: `features that ${groups} groups divide`, got: `${features}` });
  if (up.length !== down.length - 1)
    throw new GraphError({
      where: "segresnet",
      expected: `blocks for ${down.length - 1} resolutions up`,
      got: `${up.length}`,
    });
  return (image, parameters) => {
    const strides = halvings(image.shape.slice(2).map(Number), up.length);
    const levels = encode(image, parameters, { features, down, groups, strides });
    parameters.observe("bottleneck", levels[levels.length - 1]);
    const seen = decode(levels, parameters, { up, groups, strides });
    parameters.observe("voxels", seen);
    return [
      parameters.within("conv_final", (last) => {
        const normal = last.within("0", (inner) => relu(groupNormalised(seen, inner, { groups })));
        return last.within("2", (inner) => plainConvolution(normal, inner, { features: outputs, side: 1, bias: true }));
      }),
    ];
  };
}

interface Levels {
  readonly groups: number;
  readonly strides: readonly (readonly number[])[];
}

function encode(
  image: Value,
  parameters: Parameters,
  { features, down, groups, strides }: Levels & { readonly features: number; readonly down: readonly number[] },
) {
  const levels: Value[] = [];
  let value = parameters.within("convInit", (inner) => plainConvolution(image, inner, { features, side: 3 }));
  for (const [level, blocks] of down.entries())
    parameters.within(`down_layers.${level}`, (layer) => {
      if (level > 0) {
        const options = { features: 2 * Number(value.shape[1]), side: 3, stride: strides[level - 1] };
        value = layer.within("0", (inner) => plainConvolution(value, inner, options));
      }
      for (let n = 1; n <= blocks; n++) value = layer.within(`${n}`, (inner) => residual(value, inner, groups));
      levels.push(value);
    });
  return levels;
}

/** Normalisation before each of two convolutions, and what went in added. */
function residual(value: Value, parameters: Parameters, groups: number): Value {
  const features = Number(value.shape[1]);
  const half = (each: Value, n: number) => {
    const normal = parameters.within(`norm${n}`, (inner) => relu(groupNormalised(each, inner, { groups })));
    return parameters.within(`conv${n}`, (inner) => plainConvolution(normal, inner, { features, side: 3 }));
  };
  return parameters.graph.segment(() => add(half(half(value, 1), 2), value));
}

function decode(
  levels: readonly Value[],
  parameters: Parameters,
  { up, groups, strides }: Levels & { up: readonly number[] },
) {
  let value = levels[levels.length - 1];
  for (const [n, blocks] of up.entries()) {
    const skip = levels[up.length - 1 - n];
    const larger = parameters.within(`up_samples.${n}.0`, (inner) => {
      const narrow = plainConvolution(value, inner, { features: Number(skip.shape[1]), side: 1 });
      return resize(narrow, { scales: strides[up.length - 1 - n], mode: "linear" });
    });
    value = add(larger, skip);
    for (let block = 0; block < blocks; block++)
      value = parameters.within(`up_layers.${n}.${block}`, (inner) => residual(value, inner, groups));
  }
  return value;
}

const sizes = { base: 32, small: 16, tiny: 8 } as const;

const blocks = (minItems: number, description: string) =>
  Type.Optional(
    Type.Unsafe<readonly number[]>(
      Type.Array(Type.Integer({ minimum: 0, maximum: 32 }), { minItems, maxItems: 8, description }),
    ),
  );

const settings = Type.Object(
  {
    kind: Type.Literal("segresnet"),
    size: Type.Optional(
      Type.Unsafe<keyof typeof sizes>({
        type: "string",
        enum: Object.keys(sizes),
        description: "base has 32 features, small 16, tiny 8; default base.",
      }),
    ),
    features: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 256, description: "Of the finest resolution, in place of the size's." }),
    ),
    down: blocks(2, "Residual blocks of each resolution of the encoder, finest first; default 1 2 2 4."),
    up: blocks(1, "Of the decoder, coarsest first, one fewer resolution; default 1 each."),
    groups: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 64,
        description: "Of the normalisation; they divide the features; default 8.",
      }),
    ),
  },
  { additionalProperties: false, description: "SegResNet in 2-D or 3-D." },
);

/** SegResNet; the plan's stages do not matter to it. */
export const segResNetArchitecture: Architecture<typeof settings> = {
  schema: settings,
  title: "SegResNet",
  source: "Myronenko 2018, arXiv:1810.11654",
  variants: {
    base: { kind: "segresnet" },
    small: { kind: "segresnet", size: "small" },
    tiny: { kind: "segresnet", size: "tiny" },
  },
  build: ({ kind: _, size = "base", ...given }, { outputs }) => segResNet({ features: sizes[size], ...given, outputs }),
  encoder:
    ({ size = "base", features = sizes[size], down = DOWN, groups = GROUPS }) =>
    (image, parameters) => {
      const sides = image.shape.slice(2).map(Number);
      const strides = halvings(sides, down.length - 1);
      const levels = encode(image, parameters, { features, down, groups, strides });
      return levels.map((value, n) => ({ value, stride: n === 0 ? sides.map(() => 1) : strides[n - 1] }));
    },
};
