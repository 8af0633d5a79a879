import type { Triple } from "../volume/affine.ts";
import type { Warning } from "../volume/scan.ts";
import type { LabelArray } from "../volume/volume.ts";

/** A network as the runtime needs to know it; a bundle's manifest says these things. */
export interface NetworkSpec {
  /** File of the graph, for messages. */
  readonly where: string;
  /** The ONNX graph. */
  readonly model: Uint8Array;
  /** Files that the graph's external data names; no other file is ever opened. */
  readonly externalData?: readonly ExternalData[];
  readonly inputChannels: number;
  readonly patch: PatchRule;
  readonly output: NetworkOutput;
}

/** Weights beside the graph. */
export interface ExternalData {
  /** As the graph names it. */
  readonly path: string;
  readonly data: Uint8Array;
}

/** All of a network but its bytes. */
export type NetworkShape = Omit<NetworkSpec, "model" | "externalData">;

/**
 * Sizes that a network takes, [D, H, W]; a 2-D network (rank-4 input) has D = 1.
 *
 * `multiple-of` takes any size that `step` divides, and is given the whole volume when that is not above `largest`.
 */
export type PatchRule =
  | { readonly kind: "fixed"; readonly size: Triple }
  | { readonly kind: "multiple-of"; readonly step: Triple; readonly largest: Triple };

/**
 * What the channels of a network's output mean.
 *
 * `logits` and `probabilities`: the greatest channel names the voxel's class. `sigmoid`: a channel above 0.5 (after the
 * network's own sigmoid) claims the voxel, and a later channel overrules an earlier one, as nnU-Net's regions do.
 * `sigmoid-logits`: the same with 0 as the border, for a network that leaves the sigmoid out.
 */
export interface NetworkOutput {
  readonly kind: "logits" | "probabilities" | "sigmoid" | "sigmoid-logits";
  /** Class id of each output channel; 0 is background. */
  readonly classIds: readonly number[];
}

/** One image to segment, with how to go about it. */
export interface PredictRequest {
  /** [C, D, H, W], normalised, on the network's grid. */
  readonly image: Float32Array;
  /** [D, H, W] of the image. */
  readonly shape: Triple;
  /** [D, H, W] of the label map over the same field of view; the image's when left out. */
  readonly outputShape?: Triple;
  /** How scores reach the output shape, per axis; linear when left out. */
  readonly interpolation?: readonly [ScoreInterpolation, ScoreInterpolation, ScoreInterpolation];
  /** Share of a patch that its neighbour covers too, 0 up to below 1; 0.5 when left out. */
  readonly overlap?: number;
  /** Axes of test-time augmentation, 0 = D; every combination of them is tried. None when left out. */
  readonly mirrorAxes?: readonly number[];
  /** Patches in one run where the graph leaves that open; 1 when left out. */
  readonly batchSize?: number;
  /** Memory for the scores under the window; the work is tiled, never the result, to stay below. */
  readonly scoreBytes?: number;
  /** Whether the answer also says how probable each label is; not when left out. */
  readonly withProbabilities?: boolean;
}

/** Scores between two voxels: blended, or the nearer one's, as nnU-Net does across thick slices. */
export type ScoreInterpolation = "linear" | "nearest";

/** What `Prediction.probabilities` has for a probability of 1. */
export const CERTAIN = 65_535;

/** A label map's voxels over the image's field of view. */
export interface Prediction {
  readonly labels: LabelArray;
  /** Of each voxel's label, in steps of 1 / `CERTAIN`; 0 where the label is background. Only where it was asked for. */
  readonly probabilities?: Uint16Array;
  /** [D, H, W] */
  readonly shape: Triple;
  /** Device that did the work. */
  readonly device: string;
  readonly warnings: readonly Warning[];
}

/** Patches done and patches in all. */
export type OnProgress = (done: number, total: number) => void;
