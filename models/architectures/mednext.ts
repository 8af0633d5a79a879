import { Type } from "@sinclair/typebox";
import type { Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";
import { add } from "../graph/operators/index.ts";
import { convolution } from "../layers/conv-block.ts";
import { halvings } from "../layers/halvings.ts";
import { medNextBlock, medNextDown, medNextOut, medNextUp } from "../layers/mednext-blocks.ts";
import { type Parameters, uniformFor } from "../layers/parameters.ts";
import type { Architecture, ForeignNames, Network } from "./architecture.ts";

/** What makes one MedNeXt differ from another; what is left out is as in size S. */
export interface MedNextOptions {
  /** Classes or regions. */
  readonly outputs: number;
  /** Resolutions that give logits at most; 1 when left out. */
  readonly heads?: number;
  /** Of the finest resolution; each coarser one has twice as many. */
  readonly features?: number;
  /** Side of the depthwise kernels, odd. */
  readonly kernel?: number;
  /** Blocks of each resolution, down, at the bottom and up again: an odd number of them. */
  readonly blocks?: readonly number[];
  /** How many times as wide the blocks' middles are, likewise. */
  readonly expansion?: readonly number[];
  /** Whose expansion a block between two resolutions has: the coarser's as the authors have it, or the finer's as MONAI. */
  readonly downExpansion?: "coarser" | "finer";
}

type Complete = Required<MedNextOptions>;

/** A size's blocks and expansions. */
const small = { blocks: [2, 2, 2, 2, 2, 2, 2, 2, 2], expansion: [2, 2, 2, 2, 2, 2, 2, 2, 2] } as const;

const published: Omit<Complete, "outputs"> = {
  heads: 1,
  features: 32,
  kernel: 3,
  downExpansion: "coarser",
  ...small,
};

/**
 * MedNeXt in 2-D or 3-D: a U-Net of depthwise convolutions with wide middles, that also changes sides by such blocks.
 *
 * Parameters are named as the authors' are; `monaiNames` knows MONAI's.
 *
 * Shape:  [N, C, ...sides] -> one [N, outputs, ...] per head, finest first; an odd side is not halved
 * Errors: GraphError when blocks and expansions are not the same odd number
 * Source: Roy 2023, arXiv:2303.09975, MIC-DKFZ/MedNeXt version 1
 */
export function medNext(given: MedNextOptions): Network {
  const options: Complete = { ...published, ...given };
  const { blocks, expansion } = options;
  if (blocks.length % 2 === 0 || expansion.length !== blocks.length)
    throw new GraphError({
      where: "mednext",
      expected: "as many expansions as blocks, an odd number",
      got: `${expansion.length} and ${blocks.length}`,
    });
  return (image, parameters) => {
    const strides = halvings(image.shape.slice(2).map(Number), (blocks.length - 1) / 2);
    const levels = encode(image, parameters, { ...options, strides });
    parameters.observe("bottleneck", levels[levels.length - 1]);
    return decode(levels, parameters, { ...options, strides });
  };
}

type Levels = Complete & { readonly strides: readonly (readonly number[])[] };

/** Every resolution's features, finest first, the coarsest through the bottleneck. */
function encode(image: Value, parameters: Parameters, options: Levels): readonly Value[] {
  const { strides, expansion, kernel, downExpansion, features: finest } = options;
  const levels: Value[] = [];
  const initial = uniformFor(Number(image.shape[1]));
  let value = parameters.within("stem", (inner) =>
    convolution(image, inner, { features: finest, kernel: image.shape.slice(2).map(() => 1), initial }),
  );
  for (const [level, stride] of strides.entries()) {
    value = blocksOf(value, parameters, { ...options, name: `enc_block_${level}`, place: level });
    levels.push(value);
    const features = 2 * Number(value.shape[1]);
    const own = { kernel, stride, features, expansion: expansion[downExpansion === "coarser" ? level + 1 : level] };
    value = parameters.within(`down_${level}`, (inner) => medNextDown(value, inner, own));
  }
  return [...levels, blocksOf(value, parameters, { ...options, name: "bottleneck", place: strides.length })];
}

function decode(levels: readonly Value[], parameters: Parameters, options: Levels): readonly Value[] {
  const { strides, expansion, kernel, outputs, heads } = options;
  const logitsOf = (value: Value, level: number) =>
    level < heads ? [parameters.within(`out_${level}`, (inner) => medNextOut(value, inner, { outputs }))] : [];
  let value = levels[strides.length];
  const logits = [...logitsOf(value, strides.length)];
  for (let level = strides.length - 1; level >= 0; level--) {
    const place = 2 * strides.length - level;
    const features = Number(levels[level].shape[1]);
    const own = { kernel, stride: strides[level], features, expansion: expansion[place] };
    const larger = parameters.within(`up_${level}`, (inner) => medNextUp(value, inner, own));
    const joined = add(levels[level], larger);
    value = blocksOf(joined, parameters, { ...options, name: `dec_block_${level}`, place });
    if (level === 0) parameters.observe("voxels", value);
    logits.unshift(...logitsOf(value, level));
  }
  return logits;
}

function blocksOf(
  image: Value,
  parameters: Parameters,
  { name, place, blocks, expansion, kernel }: Levels & { readonly name: string; readonly place: number },
): Value {
  let value = image;
  for (let n = 0; n < blocks[place]; n++)
    value = parameters.within(`${name}.${n}`, (inner) =>
      medNextBlock(value, inner, { kernel, expansion: expansion[place] }),
    );
  return value;
}

/** Names of MONAI's MedNeXt, which counts what goes up from the coarsest. */
export function monaiNames({ halvings: count }: { readonly halvings: number }): ForeignNames {
  const renamings: readonly (readonly [pattern: RegExp, rename: (level: number) => string])[] = [
    [/^enc_block_(\d+)\./, (level) => `enc_stages.${level}.`],
    [/^down_(\d+)\./, (level) => `down_blocks.${level}.`],
    [/^up_(\d+)\./, (level) => `up_blocks.${count - 1 - level}.`],
    [/^dec_block_(\d+)\./, (level) => `dec_stages.${count - 1 - level}.`],
    [/^out_([1-9]\d*)\./, (level) => `out_blocks.${count - level}.`],
  ];
  const namesOf = (name: string) => {
    const found = renamings.find(([pattern]) => pattern.test(name));
    return [found === undefined ? name : name.replace(found[0], (_, level: string) => found[1](Number(level)))];
  };
  return { program: "MONAI", namesOf, isOptional: () => false };
}

const sizes = {
  S: small,
  B: { ...small, expansion: [2, 3, 4, 4, 4, 4, 4, 3, 2] },
  M: { blocks: [3, 4, 4, 4, 4, 4, 4, 4, 3], expansion: [2, 3, 4, 4, 4, 4, 4, 3, 2] },
  L: { blocks: [3, 4, 8, 8, 8, 8, 8, 4, 3], expansion: [3, 4, 8, 8, 8, 8, 8, 4, 3] },
} as const;

const oneEach = (description: string) =>
  Type.Optional(
    Type.Unsafe<readonly number[]>(
      Type.Array(Type.Integer({ minimum: 1, maximum: 32 }), { minItems: 3, maxItems: 15, description }),
    ),
  );

const settings = Type.Object(
  {
    kind: Type.Literal("mednext"),
    size: Type.Optional(
      Type.Unsafe<keyof typeof sizes>({
        type: "string",
        enum: Object.keys(sizes),
        description: "Blocks and expansions as published; default S.",
      }),
    ),
    features: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 256, description: "Of the finest resolution; default 32." }),
    ),
    kernel: Type.Optional(
      Type.Unsafe<3 | 5 | 7>({
        type: "integer",
        enum: [3, 5, 7],
        description: "Side of the depthwise kernels; default 3.",
      }),
    ),
    blocks: oneEach("Of each resolution, down, bottom and up: an odd number, in place of the size's."),
    expansion: oneEach("Widths of the blocks' middles, likewise."),
    downExpansion: Type.Optional(
      Type.Unsafe<"coarser" | "finer">({
        type: "string",
        enum: ["coarser", "finer"],
        description: "Whose expansion a block between two resolutions has; default coarser, finer for MONAI's weights.",
      }),
    ),
  },
  { additionalProperties: false, description: "MedNeXt in 2-D or 3-D." },
);

/** MedNeXt; the plan's stages do not matter to it. */
export const medNextArchitecture: Architecture<typeof settings> = {
  schema: settings,
  title: "MedNeXt",
  source: "Roy 2023, arXiv:2303.09975",
  variants: {
    S: { kind: "mednext" },
    B: { kind: "mednext", size: "B" },
    M: { kind: "mednext", size: "M" },
    L: { kind: "mednext", size: "L" },
    "S, kernel 5": { kind: "mednext", kernel: 5 },
  },
  build: ({ kind: _, size = "S", ...given }, { outputs, heads }) =>
    medNext({ ...sizes[size], ...given, outputs, heads }),
  encoder:
    ({ kind: _, size = "S", ...given }) =>
    (image, parameters) => {
      const options = { ...published, outputs: 0, ...sizes[size], ...given };
      const sides = image.shape.slice(2).map(Number);
      const strides = halvings(sides, (options.blocks.length - 1) / 2);
      const levels = encode(image, parameters, { ...options, strides });
      return levels.map((value, n) => ({ value, stride: n === 0 ? sides.map(() => 1) : strides[n - 1] }));
    },
  foreignNames: ({ size = "S", blocks = sizes[size].blocks }) => [monaiNames({ halvings: (blocks.length - 1) / 2 })],
};
