import { Type } from "@sinclair/typebox";
import type { Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";
import { add, conv, reshape, transpose } from "../graph/operators/index.ts";
import { selfAttention } from "../layers/attention.ts";
import { feedForward, layerNormalised } from "../layers/linear.ts";
import { nearestMultiples } from "../layers/nearest-sides.ts";
import { type Parameters, uniformFor } from "../layers/parameters.ts";
import { doubled, unetrOut, unetrResidual, unetrUp } from "../layers/unetr-blocks.ts";
import type { Architecture, Network } from "./architecture.ts";

/** What makes one UNETR differ from another; what is left out is as in the paper. */
export interface UnetrOptions {
  /** Classes or regions. */
  readonly outputs: number;
  /** Channels at the finest resolution; each coarser one has twice as many. */
  readonly features?: number;
  /** Width of the transformer. */
  readonly hidden?: number;
  /** Width of its feed-forward halves. */
  readonly mlp?: number;
  /** Attention heads; they divide `hidden`. */
  readonly heads?: number;
  /** Transformer blocks; the decoder sees what comes out of a quarter of them and one, a half and one, three quarters and one. */
  readonly layers?: number;
}

type Complete = Required<UnetrOptions>;

/** Features of the convolutions at the finest resolution, and blocks of the transformer. */
const [FEATURES, LAYERS] = [16, 12];

/** Side of the patches that become tokens: the decoder doubles four times. */
const PATCH = 16;

/**
 * UNETR in 2-D or 3-D: a vision transformer as encoder, convolutions as decoder. No deep supervision.
 *
 * Parameters are named as in MONAI's UNETR with `proj_type` "conv", whose weights it takes. Positions are learnt, so that
 * weights belong to one size of patch.
 *
 * Shape:  [N, C, ...sides] -> [N, outputs, ...sides]; 16 divides the sides
 * Errors: GraphError when it does not, or the heads do not divide the width
 * Source: Hatamizadeh 2022, arXiv:2103.10504, as MONAI has it
 */
export function unetr({
  outputs,
  features = FEATURES,
  hidden = 768,
  mlp = 3072,
  heads = 12,
  layers = LAYERS,
}: UnetrOptions): Network {
  const options = { features, hidden, mlp, heads, layers };
  return (image, parameters) => {
    const levels = unetrEncoder(image, parameters, options);
    parameters.observe("bottleneck", levels[levels.length - 1]);
    return [unetrOut(decode(levels, parameters), parameters, { outputs })];
  };
}

/** The image convolved, and states of the transformer raised to a half to an eighth of its sides; the last at a sixteenth. */
function unetrEncoder(image: Value, parameters: Parameters, options: Omit<Complete, "outputs">): readonly Value[] {
  assertFits(image);
  const { features } = options;
  const [early, middle, late, last] = parameters.within("vit", (inner) => transformed(image, inner, options));
  return [
    parameters.within("encoder1.layer", (inner) =>
      inner.graph.segment(() => unetrResidual(image, inner, { features })),
    ),
    parameters.within("encoder2", (inner) => raised(early, inner, { features: 2 * features, times: 3 })),
    parameters.within("encoder3", (inner) => raised(middle, inner, { features: 4 * features, times: 2 })),
    parameters.within("encoder4", (inner) => raised(late, inner, { features: 8 * features, times: 1 })),
    last,
  ];
}

function assertFits({ shape }: Value): void {
  const sides = shape.slice(2).map(Number);
  if (sides.every((side) => side % PATCH === 0)) return;
  throw new GraphError({
    where: "unetr",
    expected: `a patch whose sides are multiples of ${PATCH}`,
    got: `[${sides.join(", ")}]`,
  });
}

/** The image's tokens behind some of the blocks, and behind the last and a norm, as images of a sixteenth of the sides. */
function transformed(image: Value, parameters: Parameters, options: Omit<Complete, "outputs">): readonly Value[] {
  const { hidden, layers } = options;
  const sides = image.shape.slice(2).map((side) => Number(side) / PATCH);
  const asImage = (tokens: Value) => reshape(transpose(tokens, [0, 2, 1]), [image.shape[0], hidden, ...sides]);
  let tokens = parameters.within("patch_embedding", (inner) => embedded(image, inner, { hidden }));
  const behind = [1, 2, 3].map((quarter) => Math.floor((quarter * layers) / 4));
  const states: Value[] = [];
  for (let n = 0; n < layers; n++) {
    tokens = parameters.within(`blocks.${n}`, (inner) => inner.graph.segment(() => block(tokens, inner, options)));
    for (const each of behind) if (each === n) states.push(asImage(tokens));
  }
  return [...states, asImage(parameters.within("norm", (inner) => layerNormalised(tokens, inner)))];
}

/** Patches as tokens with what they have learnt of their places, [N, C, ...sides] -> [N, tokens, hidden]. */
function embedded(image: Value, parameters: Parameters, { hidden }: { readonly hidden: number }): Value {
  const channels = Number(image.shape[1]);
  const kernel = image.shape.slice(2).map(() => PATCH);
  const start = uniformFor(channels * PATCH ** kernel.length);
  const patches = parameters.within("patch_embeddings", (inner) => {
    const weight = inner.weight("weight", [hidden, channels, ...kernel], start);
    return conv(image, { weight, bias: inner.weight("bias", [hidden], start), strides: kernel });
  });
  const count = patches.shape.slice(2).reduce<number>((product, side) => product * Number(side), 1);
  const positions = parameters.weight("position_embeddings", [1, count, hidden], { kind: "normal", deviation: 0.02 });
  return add(transpose(reshape(patches, [image.shape[0], hidden, count]), [0, 2, 1]), positions);
}

function block(tokens: Value, parameters: Parameters, { heads, mlp }: Pick<Complete, "heads" | "mlp">): Value {
  const normal = parameters.within("norm1", (inner) => layerNormalised(tokens, inner));
  const attended = parameters.within("attn", (inner) =>
    selfAttention(normal, inner, { heads, bias: false, output: "out_proj" }),
  );
  const mixed = add(tokens, attended);
  const again = parameters.within("norm2", (inner) => layerNormalised(mixed, inner));
  return add(
    mixed,
    parameters.within("mlp", (inner) => feedForward(again, inner, { features: mlp })),
  );
}

function decode(levels: readonly Value[], parameters: Parameters): Value {
  return levels.reduceRight((coarse, skip, level) =>
    parameters.within(`decoder${level + 2}`, (inner) => unetrUp(coarse, skip, inner)),
  );
}

/** Tokens as an image of 2, 4 or 8 times their sides, convolved after each doubling but the first. */
function raised(
  image: Value,
  parameters: Parameters,
  { features, times }: { readonly features: number; readonly times: number },
): Value {
  let value = parameters.within("transp_conv_init", (inner) => doubled(image, inner, { features }));
  for (let n = 0; n < times - 1; n++) {
    const larger = parameters.within(`blocks.${n}.0`, (inner) => doubled(value, inner, { features }));
    value = parameters.within(`blocks.${n}.1`, (inner) =>
      inner.graph.segment(() => unetrResidual(larger, inner, { features })),
    );
  }
  return value;
}

/** The paper's, and the two smaller vision transformers that are usual. Source: Touvron 2021, arXiv:2012.12877 */
const sizes = {
  base: { hidden: 768, mlp: 3072, heads: 12 },
  small: { hidden: 384, mlp: 1536, heads: 6 },
  tiny: { hidden: 192, mlp: 768, heads: 3 },
} as const;

const whole = (maximum: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum, description }));

const settings = Type.Object(
  {
    kind: Type.Literal("unetr"),
    size: Type.Optional(
      Type.Unsafe<keyof typeof sizes>({
        type: "string",
        enum: Object.keys(sizes),
        description: "Of the transformer: 768 wide, 384 or 192; default base.",
      }),
    ),
    features: whole(256, "Of the convolutions at the finest resolution; default 16."),
    hidden: whole(4096, "Width of the transformer, in place of the size's."),
    mlp: whole(16384, "Width of its feed-forward halves, in place of the size's."),
    heads: whole(64, "Attention heads, in place of the size's; they divide the width."),
    layers: whole(48, "Transformer blocks; default 12."),
  },
  { additionalProperties: false, description: "UNETR in 2-D or 3-D; the sides of its patch are multiples of 16." },
);

/** UNETR; the plan's stages do not matter to it. */
export const unetrArchitecture: Architecture<typeof settings> = {
  schema: settings,
  title: "UNETR",
  source: "Hatamizadeh 2022, arXiv:2103.10504",
  variants: {
    base: { kind: "unetr" },
    small: { kind: "unetr", size: "small" },
    tiny: { kind: "unetr", size: "tiny" },
  },
  build: ({ kind: _, size = "base", ...given }, { outputs }) => unetr({ ...sizes[size], ...given, outputs }),
  sides: (_, wanted) => nearestMultiples(wanted, PATCH),
  encoder:
    ({ kind: _, size = "base", ...given }) =>
    (image, parameters) => {
      const options = { features: FEATURES, layers: LAYERS, ...sizes[size], ...given };
      const levels = unetrEncoder(image, parameters, options);
      return levels.map((value, n) => ({ value, stride: image.shape.slice(2).map(() => (n === 0 ? 1 : 2)) }));
    },
};
