import type { Static, TObject } from "@sinclair/typebox";
import type { Frozen } from "../frozen.ts";
import type { Value } from "../graph/builder.ts";
import type { Parameters } from "../layers/parameters.ts";
import type { GroupRule } from "../optimisers/parameter-groups.ts";

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

/** What every architecture is told beside its own settings; what it does not need it leaves alone. */
export interface NetworkContext {
  /** From the plan, finest first, one side per dimension. */
  readonly stages: readonly Stage[];
  /** Channels that come out: classes with background, or regions. */
  readonly outputs: number;
  /** Resolutions that give logits at most: 1, or more for deep supervision. */
  readonly heads: number;
  /** Share of all voxels that each output channel has in the training set; all alike when left out. */
  readonly frequencies?: readonly number[];
}

/** A feature map of an encoder, and how much coarser than the one before, or than the image, it is. */
export interface EncoderLevel {
  readonly value: Value;
  readonly stride: readonly number[];
}

/** The way down of a network: feature maps, finest first. */
export type Encoder = (image: Value, parameters: Parameters) => readonly EncoderLevel[];

/** What another program calls the parameters of a network, so that weights from there fit. */
export interface ForeignNames {
  readonly program: string;
  /** Names that the parameter may have there, the first that a file has counts; none where the program has no such thing. */
  readonly namesOf: (name: string) => readonly string[];
  /** Whether it is an offset that the program may do without: then it is 0. */
  readonly isOptional: (name: string) => boolean;
}

/** A kind of network that settings may ask for. */
export interface Architecture<T extends TObject = TObject> {
  /** Of its settings, told apart from others by `kind`. */
  readonly schema: T;
  /** For people. */
  readonly title: string;
  readonly source: string;
  /** The forms that were published, by name; the first is what settings without anything but `kind` give. */
  readonly variants: Readonly<Record<string, Frozen<Static<T>>>>;
  /** A method, so that rows with different settings fit one list. */
  build(settings: Frozen<Static<T>>, context: NetworkContext): Network;
  /** The sides nearest to those wanted that it takes; any when left out. */
  sides?(settings: Frozen<Static<T>>, wanted: readonly number[]): readonly number[];
  /** Its way down alone, for networks that work over any. */
  encoder?(settings: Frozen<Static<T>>, context: Pick<NetworkContext, "stages">): Encoder;
  /** Other programs' names for its parameters, where they differ from its own. */
  foreignNames?(settings: Frozen<Static<T>>, context: NetworkContext): readonly ForeignNames[];
  /** Parameters that its paper moves in their own way. */
  groups?(settings: Frozen<Static<T>>): readonly GroupRule[];
  /** What it adds to the attention of each output channel, from its weights; `undefined` where it has no such bias. */
  classBias?(
    settings: Frozen<Static<T>>,
    context: NetworkContext,
    valuesOf: (parameter: string) => Float32Array,
  ): readonly number[] | undefined;
}

/** A row whose settings say which kind of network they are for. */
interface Kind {
  readonly schema: { readonly properties: { readonly kind: { readonly const: string } } };
}

/** The row of a kind of network; `undefined` where there is none. */
export function rowNamed<T extends Kind>(rows: readonly T[], kind: string): T | undefined {
  return rows.find(({ schema }) => schema.properties.kind.const === kind);
}

/** The kinds of network that rows are about. */
export function kindsOf(rows: readonly Kind[]): readonly string[] {
  return rows.map(({ schema }) => schema.properties.kind.const);
}
