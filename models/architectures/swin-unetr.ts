import { Type } from "@sinclair/typebox";
import type { Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";
import { conv, layerNorm, transpose } from "../graph/operators/index.ts";
import { nearestMultiples } from "../layers/nearest-sides.ts";
import { type Parameters, uniformFor } from "../layers/parameters.ts";
import { type Merging, patchMerged } from "../layers/patch-merging.ts";
import { swinBlock } from "../layers/swin-block.ts";
import { unetrOut, unetrResidual, unetrUp } from "../layers/unetr-blocks.ts";
import type { Architecture, Network } from "./architecture.ts";

/** What makes one Swin UNETR differ from another; what is left out is as in the paper. */
export interface SwinUnetrOptions {
  /** Classes or regions. */
  readonly outputs: number;
  /** Of the finest resolution; each coarser one has twice as many. */
  readonly features?: number;
  /** Transformer blocks of each of the four stages. */
  readonly depths?: readonly number[];
  /** Attention heads of each stage; they divide its features. */
  readonly heads?: readonly number[];
  /** Side of the windows. */
  readonly window?: number;
  readonly mlpRatio?: number;
  readonly merging?: Merging;
  /** 2 puts a residual block of convolutions before each stage. */
  readonly version?: 1 | 2;
}

type Complete = Required<SwinUnetrOptions>;

const published: Omit<Complete, "outputs"> = {
  features: 48,
  depths: [2, 2, 2, 2],
  heads: [3, 6, 12, 24],
  window: 7,
  mlpRatio: 4,
  merging: "merging",
  version: 1,
};

/** Side of the embedded patches, and how many times the sides are halved in all. */
const PATCH = 2;
const HALVINGS = 5;

/**
 * Swin UNETR in 2-D or 3-D: a transformer with shifted windows as encoder, convolutions as decoder. No deep supervision.
 *
 * Parameters are named as in MONAI's SwinUNETR, whose weights it takes.
 *
 * Shape:  [N, C, ...sides] -> [N, outputs, ...sides]; 32 divides the sides, one of them is longer
 * Errors: GraphError when they are not so, or the heads do not divide the features
 * Source: Hatamizadeh 2022, arXiv:2201.01266; version 2: He 2023, doi:10.1007/978-3-031-43901-8_40; both as MONAI has them
 */
export function swinUnetr({ outputs, ...given }: SwinUnetrOptions): Network {
  const options = { ...published, ...given };
  return (image, parameters) => {
    assertFits(image);
    const levels = swinEncoder(image, parameters, options);
    parameters.observe("bottleneck", levels[levels.length - 1]);
    return [unetrOut(decode(levels, parameters), parameters, { outputs })];
  };
}

/** The image and what the transformer makes of it, each but one convolved, from its own sides to a 32nd of them. */
function swinEncoder(image: Value, parameters: Parameters, options: Omit<Complete, "outputs">): readonly Value[] {
  const hidden = parameters.within("swinViT", (inner) => encode(image, inner, options));
  const residual = (name: string, value: Value, features = Number(value.shape[1])) =>
    parameters.within(`${name}.layer`, (inner) => inner.graph.segment(() => unetrResidual(value, inner, { features })));
  return [
    residual("encoder1", image, options.features),
    residual("encoder2", hidden[0]),
    residual("encoder3", hidden[1]),
    residual("encoder4", hidden[2]),
    hidden[3],
    residual("encoder10", hidden[4]),
  ];
}

/** Of a single coarsest voxel, normalisation over the image would leave nothing. */
function assertFits({ shape }: Value): void {
  const sides = shape.slice(2).map(Number);
  const step = PATCH ** HALVINGS;
  if (sides.some((side) => side % step !== 0) || sides.every((side) => side === step))
    throw new GraphError({
      where: "swin-unetr",
      expected: `a patch whose sides are multiples of ${step}, not all of them ${step}`,
      got: `[${sides.join(", ")}]`,
    });
}

/** Features at a half to a 32nd of the sides, each voxel's normalised over its channels. */
function encode(image: Value, parameters: Parameters, options: Omit<Complete, "outputs">): readonly Value[] {
  const { depths, heads, version, merging, window, mlpRatio, features } = options;
  let tokens = parameters.within("patch_embed", (inner) => embedded(image, inner, { features }));
  const hidden = [tokens];
  for (const [n, depth] of depths.entries()) {
    if (version === 2) tokens = parameters.within(`layers${n + 1}c.0.layer`, (inner) => convolved(tokens, inner));
    tokens = parameters.within(`layers${n + 1}.0`, (stage) => {
      for (let block = 0; block < depth; block++) {
        const shape = { heads: heads[n], window, isShifted: block % 2 === 1, mlpRatio };
        tokens = stage.within(`blocks.${block}`, (inner) => inner.graph.segment(() => swinBlock(tokens, inner, shape)));
      }
      return stage.within("downsample", (inner) => patchMerged(tokens, inner, { order: merging }));
    });
    hidden.push(tokens);
  }
  return hidden.map((each) => channelsFirst(perVoxel(each)));
}

/** Patches as tokens, [N, C, ...sides] -> [N, ...half, features]. */
function embedded(image: Value, parameters: Parameters, { features }: { readonly features: number }): Value {
  const channels = Number(image.shape[1]);
  const kernel = image.shape.slice(2).map(() => PATCH);
  const start = uniformFor(channels * PATCH ** kernel.length);
  return parameters.within("proj", (inner) => {
    const weight = inner.weight("weight", [features, channels, ...kernel], start);
    return channelsLast(conv(image, { weight, bias: inner.weight("bias", [features], start), strides: kernel }));
  });
}

function convolved(tokens: Value, parameters: Parameters): Value {
  const image = channelsFirst(tokens);
  const features = Number(image.shape[1]);
  return channelsLast(parameters.graph.segment(() => unetrResidual(image, parameters, { features })));
}

function perVoxel(tokens: Value): Value {
  const { graph, shape } = tokens;
  const channels = Number(shape.at(-1));
  const each = (number: number) => graph.floats(new Array<number>(channels).fill(number), [channels]);
  return layerNorm(tokens, { scale: each(1), bias: each(0) });
}

function channelsFirst(tokens: Value): Value {
  const last = tokens.shape.length - 1;
  return transpose(tokens, [0, last, ...tokens.shape.slice(1, -1).map((_, n) => n + 1)]);
}

function channelsLast(image: Value): Value {
  return transpose(image, [0, ...image.shape.slice(2).map((_, n) => n + 2), 1]);
}

function decode(levels: readonly Value[], parameters: Parameters): Value {
  return levels.reduceRight((coarse, skip, level) =>
    parameters.within(`decoder${level + 1}`, (inner) => unetrUp(coarse, skip, inner)),
  );
}

const sizes = { base: 48, small: 24, tiny: 12 } as const;

const fourOf = (description: string) =>
  Type.Optional(
    Type.Unsafe<readonly number[]>(
      Type.Array(Type.Integer({ minimum: 1, maximum: 64 }), { minItems: 4, maxItems: 4, description }),
    ),
  );

const settings = Type.Object(
  {
    kind: Type.Literal("swin-unetr"),
    size: Type.Optional(
      Type.Unsafe<keyof typeof sizes>({
        type: "string",
        enum: Object.keys(sizes),
        description: "base has 48 features, small 24, tiny 12; default base.",
      }),
    ),
    features: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 192, description: "Of the finest resolution, in place of the size's." }),
    ),
    depths: fourOf("Transformer blocks of each stage; default 2 2 2 2."),
    heads: fourOf("Attention heads of each stage; they divide its features; default 3 6 12 24."),
    window: Type.Optional(Type.Integer({ minimum: 2, maximum: 16, description: "Side of the windows; default 7." })),
    mlpRatio: Type.Optional(
      Type.Number({ minimum: 0.5, maximum: 16, description: "Width of the feed-forward halves; default 4." }),
    ),
    merging: Type.Optional(
      Type.Unsafe<Merging>({
        type: "string",
        enum: ["merging", "merging-1.5", "mergingv2"],
        description:
          "How neighbours are joined; mergingv2 leaves none out; default merging, as published weights have it.",
      }),
    ),
    version: Type.Optional(
      Type.Unsafe<1 | 2>({
        type: "integer",
        enum: [1, 2],
        description: "2 adds convolutions before each stage; default 1.",
      }),
    ),
  },
  { additionalProperties: false, description: "Swin UNETR in 2-D or 3-D; the sides of its patch are multiples of 32." },
);

/** Swin UNETR; the plan's stages do not matter to it. */
export const swinUnetrArchitecture: Architecture<typeof settings> = {
  schema: settings,
  title: "Swin UNETR",
  source: "Hatamizadeh 2022, arXiv:2201.01266",
  variants: {
    base: { kind: "swin-unetr" },
    small: { kind: "swin-unetr", size: "small" },
    tiny: { kind: "swin-unetr", size: "tiny" },
    "base, version 2": { kind: "swin-unetr", version: 2 },
  },
  build: ({ kind: _, size = "base", ...given }, { outputs }) => swinUnetr({ features: sizes[size], ...given, outputs }),
  sides: (_, wanted) => {
    const step = PATCH ** HALVINGS;
    const sides = nearestMultiples(wanted, step);
    const longest = wanted.indexOf(Math.max(...wanted));
    return sides.every((side) => side === step) ? sides.with(longest, 2 * step) : sides;
  },
  encoder:
    ({ kind: _, size = "base", ...given }) =>
    (image, parameters) => {
      assertFits(image);
      const levels = swinEncoder(image, parameters, { ...published, features: sizes[size], ...given });
      return levels.map((value, n) => ({ value, stride: image.shape.slice(2).map(() => (n === 0 ? 1 : 2)) }));
    },
};
