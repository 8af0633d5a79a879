import { Type } from "@sinclair/typebox";
import type { Value } from "../graph/builder.ts";
import { concat } from "../graph/operators/index.ts";
import { type ConvolutionOptions, convBlock, convolution } from "../layers/conv-block.ts";
import type { Parameters } from "../layers/parameters.ts";
import { residualBlock } from "../layers/residual-block.ts";
import { transposedConvolution } from "../layers/transposed-convolution.ts";
import type { Architecture, Network, Stage } from "./architecture.ts";
import { dynUnetNames, nnunetNames } from "./unet-names.ts";

/** What makes one U-Net differ from another. */
export interface UnetOptions {
  readonly stages: readonly Stage[];
  /** Classes or regions. */
  readonly outputs: number;
  /** `residual` adds what went into a block to what comes out; the decoder is plain in both. */
  readonly encoder?: "plain" | "residual";
  /** How many of the finest resolutions give logits; 1 when left out, more for deep supervision. */
  readonly heads?: number;
}

/**
 * U-Net in 2-D or 3-D as nnU-Net configures it.
 *
 * Shape:  [N, C, ...sides] -> one [N, outputs, ...] per head, finest first; strides divide the sides
 * Source: Isensee 2021, doi:10.1038/s41592-020-01008-z; residual encoder: Isensee 2024, arXiv:2404.09556
 */
export function unet({ stages, outputs, encoder = "plain", heads = 1 }: UnetOptions): Network {
  return (image, parameters) => {
    const skips = parameters.within("encoder", (inner) => unetEncoder(image, inner, { stages, encoder }));
    parameters.observe("bottleneck", skips[skips.length - 1]);
    return parameters.within("decoder", (inner) => decode(skips, inner, { stages, outputs, heads }));
  };
}

/** The features of each stage of a U-Net's way down, finest first. */
export function unetEncoder(
  image: Value,
  parameters: Parameters,
  { stages, encoder }: Required<Pick<UnetOptions, "stages" | "encoder">>,
): readonly Value[] {
  const block = encoder === "plain" ? convBlock : residualBlock;
  let value = image;
  if (encoder === "residual") {
    const { features, kernel } = stages[0];
    value = parameters.within("stem", (inner) => convBlock(image, inner, { features, kernel }));
  }
  return stages.map((stage, level) => {
    value = parameters.within(`stages.${level}`, (inner) => blocksOf(value, inner, { ...stage, block }));
    return value;
  });
}

interface Blocks extends Stage {
  readonly block: (image: Value, parameters: Parameters, options: ConvolutionOptions) => Value;
}

function blocksOf(image: Value, parameters: Parameters, { features, kernel, stride, blocks, block }: Blocks): Value {
  let value = image;
  for (let n = 0; n < blocks; n++) {
    const options = { features, kernel, ...(n === 0 ? { stride } : {}) };
    value = parameters.within(`${n}`, (inner) => inner.graph.segment(() => block(value, inner, options)));
  }
  return value;
}

function decode(
  skips: readonly Value[],
  parameters: Parameters,
  { stages, outputs, heads }: Required<Pick<UnetOptions, "stages" | "outputs" | "heads">>,
): readonly Value[] {
  const logits: Value[] = [];
  let value = skips[skips.length - 1];
  for (let level = stages.length - 2; level >= 0; level--) {
    const stage = stages[level];
    const coarser = stages[level + 1];
    value = parameters.within(`stages.${level}`, (inner) => {
      const larger = inner.within("up", (up) =>
        transposedConvolution(value, up, { features: stage.features, stride: coarser.stride }),
      );
      const together = concat([larger, skips[level]], { axis: 1 });
      const plain = { ...stage, stride: stage.stride.map(() => 1), blocks: stage.decoderBlocks ?? 2, block: convBlock };
      return blocksOf(together, inner, plain);
    });
    if (level === 0) parameters.observe("voxels", value);
    if (level >= heads) continue;
    const kernel = stage.kernel.map(() => 1);
    logits.unshift(
      parameters.within(`logits.${level}`, (inner) => convolution(value, inner, { features: outputs, kernel })),
    );
  }
  return logits;
}

type Encoder = "plain" | "residual" | "resenc";

/** Blocks of nnU-Net's ResEnc presets, of the finest stages; all others have as many as the last. */
const RESENC_BLOCKS = [1, 3, 4, 6];

/** An encoder that settings name, with the stages it has: nnU-Net's ResEnc M, L and XL differ in their patches alone. */
function encoderOf(encoder: Encoder, stages: readonly Stage[]): Required<Pick<UnetOptions, "stages" | "encoder">> {
  if (encoder !== "resenc") return { encoder, stages };
  const blocks = (level: number) => RESENC_BLOCKS[Math.min(level, RESENC_BLOCKS.length - 1)];
  const own = stages.map((stage, level) => ({ ...stage, blocks: blocks(level), decoderBlocks: 1 }));
  return { encoder: "residual", stages: own };
}

const settings = Type.Object(
  {
    kind: Type.Literal("unet"),
    encoder: Type.Optional(
      Type.Unsafe<Encoder>({
        type: "string",
        enum: ["plain", "residual", "resenc"],
        description:
          "residual adds what went into a block to what comes out; resenc is that with as many blocks as in nnU-Net's " +
          "ResEnc presets, 1 3 4 6 6..., and half the decoder; default plain.",
      }),
    ),
  },
  { additionalProperties: false, description: "U-Net in 2-D or 3-D as nnU-Net configures it." },
);

/** U-Net with the plan's stages. */
export const unetArchitecture: Architecture<typeof settings> = {
  schema: settings,
  title: "U-Net as nnU-Net configures it",
  source: "Isensee 2021, doi:10.1038/s41592-020-01008-z",
  variants: {
    plain: { kind: "unet" },
    residual: { kind: "unet", encoder: "residual" },
    resenc: { kind: "unet", encoder: "resenc" },
  },
  build: ({ encoder = "plain" }, context) => unet({ ...context, ...encoderOf(encoder, context.stages) }),
  encoder:
    ({ encoder = "plain" }, { stages }) =>
    (image, parameters) =>
      unetEncoder(image, parameters, encoderOf(encoder, stages)).map((value, n) => ({
        value,
        stride: stages[n].stride,
      })),
  foreignNames: (_, { stages }) => [nnunetNames({ stages: stages.length }), dynUnetNames({ stages: stages.length })],
};
