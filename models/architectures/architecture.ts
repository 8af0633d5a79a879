import type { Value } from "../graph/builder.ts";
import type { Parameters } from "../layers/parameters.ts";

/**
 * A network: from an image to logits, finest first, the others for deep supervision; inference takes the first.
 *
 * Shape:  [N, C, ...sides] -> [N, outputs, ...sides], [N, outputs, ...smaller sides], ...
 */
export type Network = (image: Value, parameters: Parameters) => readonly Value[];

/** A resolution of a network that works on several, finest first. */
export interface Stage {
  readonly features: number;
  /** One side per dimension, odd. */
  readonly kernel: readonly number[];
  /** Of the first convolution; by it the sides become smaller than those of the stage before. */
  readonly stride: readonly number[];
  /** Blocks of the encoder. */
  readonly blocks: number;
  /** Blocks of the decoder; 2 when left out. */
  readonly decoderBlocks?: number;
}
