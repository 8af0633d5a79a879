import { Type } from "@sinclair/typebox";
import type { Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";
import { convolution } from "../layers/conv-block.ts";
import { type DenseNetSizes, denseNetEncoder } from "../layers/densenet-encoder.ts";
import type { Parameters } from "../layers/parameters.ts";
import { upwardBlock } from "../layers/upward-block.ts";
import type { Network } from "./architecture.ts";

/** Settings of the decoder's channels. */
export const decoderSettings = Type.Optional(
  Type.Array(Type.Integer({ minimum: 1, maximum: 2048 }), {
    minItems: 3,
    maxItems: 7,
    description: "Channels of the decoder, coarsest first, one per halving; default 256, 128, 64, 32, 16.",
  }),
);

/** Channels of segmentation_models.pytorch's decoders, coarsest first. */
const USUAL_WIDTHS = [256, 128, 64, 32, 16];

/**
 * The decoder's channels, one per halving of an encoder; other depths than five go on by halves.
 *
 * Errors: GraphError when other channels are asked for than the encoder has halvings
 */
export function decoderWidths(wanted: readonly number[] | undefined, { blocks }: DenseNetSizes): readonly number[] {
  const halvings = blocks.length + 1;
  const widths = wanted ?? Array.from({ length: halvings }, (_, n) => USUAL_WIDTHS[n] ?? 8);
  if (widths.length === halvings) return widths;
  throw new GraphError({ where: "network/decoder", expected: `${halvings} channels`, got: `${widths.length}` });
}

/** What makes one U-Net over a DenseNet differ from another. */
export interface DenseUnetOptions {
  readonly encoder: DenseNetSizes;
  /** Channels of the decoder, coarsest first; one per halving of the encoder. */
  readonly decoder: readonly number[];
  /** `plain` has one way up; `nested` fills the triangle between encoder and decoder, as UNet++ does. */
  readonly form: "plain" | "nested";
  /** Greatest power of operational convolutions in the decoder; none for plain convolutions. */
  readonly order?: number | undefined;
  readonly outputs: number;
}

/**
 * U-Net or UNet++ over a DenseNet encoder, with plain or operational convolutions in the decoder; one output resolution.
 *
 * Shape:  [N, C, ...sides] -> [N, outputs, ...sides]
 * Source: UNet++: Zhou 2018, arXiv:1807.10165, without its supervision of the nested nodes, as segmentation_models.pytorch
 *         has it; stage 1 (nested, DenseNet-201) and stage 2 (operational, DenseNet-121) of arXiv:2604.17118
 */
export function denseUnet({ encoder, decoder, form, order, outputs }: DenseUnetOptions): Network {
  return (image, parameters) => {
    const levels = parameters.within("encoder.features", (inner) => denseNetEncoder(image, inner, encoder));
    parameters.observe("bottleneck", levels[levels.length - 1].value);
    const decode = form === "plain" ? plainDecoder : nestedDecoder;
    const value = parameters.within("decoder.blocks", (inner) =>
      decode(levels.toReversed(), inner, { decoder, order }),
    );
    parameters.observe("voxels", value);
    const kernel = image.shape.slice(2).map(() => 3);
    return [
      parameters.within("segmentation_head.0", (inner) => convolution(value, inner, { features: outputs, kernel })),
    ];
  };
}

/** Coarsest first; `stride` is how much coarser than the next it is. */
type Levels = readonly { readonly value: Value; readonly stride: readonly number[] }[];

type DecoderOptions = Pick<DenseUnetOptions, "decoder" | "order">;

function plainDecoder(levels: Levels, parameters: Parameters, { decoder, order }: DecoderOptions): Value {
  return levels.reduce((value, { stride }, n) => {
    const skips = n + 1 < levels.length ? [levels[n + 1].value] : [];
    return parameters.within(`${n}`, (inner) =>
      upwardBlock(value, inner, { skips, features: decoder[n], stride, order }),
    );
  }, levels[0].value);
}

/**
 * Node (start, n) lies on the way up from encoder level `start` at level n + 1; beside the node below it takes those of its
 * level from all later starts and the encoder's features.
 */
function nestedDecoder(levels: Levels, parameters: Parameters, { decoder, order }: DecoderOptions): Value {
  const nodes = new Map<string, Value>();
  const nodeAt = (start: number, n: number) => nodes.get(`x_${start}_${n}`) ?? levels[start].value;
  const last = levels.length - 1;
  for (let length = 0; length < last; length++)
    for (let start = 0; start + length < last; start++) {
      const n = start + length;
      const beside = Array.from({ length }, (_, k) => nodeAt(start + 1 + k, n));
      const skips = [...beside, levels[n + 1].value];
      const features = start === 0 ? decoder[n] : Number(levels[n + 1].value.shape[1]);
      const { stride } = levels[n];
      const below = length === 0 ? levels[start].value : nodeAt(start, n - 1);
      const made = parameters.within(`x_${start}_${n}`, (inner) =>
        upwardBlock(below, inner, { skips, features, stride, order }),
      );
      nodes.set(`x_${start}_${n}`, made);
    }
  const { stride } = levels[last];
  return parameters.within(`x_0_${last}`, (inner) =>
    upwardBlock(nodeAt(0, last - 1), inner, { skips: [], features: decoder[last], stride, order }),
  );
}
