import type { Triple } from "../volume/affine.ts";
import type { Problem } from "../volume/errors.ts";
import type { NetworkShape, PredictRequest } from "./network.ts";
import type { ProbeResult } from "./probe.ts";
import type { StepNumbers, StepResult, TrainingShape } from "./training-runner.ts";

/** What the inference process can be asked. Large arrays go before the request, in pieces. */
export interface Requests {
  readonly describe: { readonly ask: Record<string, never>; readonly answer: RuntimeDescription };
  readonly probe: { readonly ask: { readonly device: string; readonly threads: number }; readonly answer: ProbeResult };
  readonly load: { readonly ask: LoadAsk; readonly answer: Record<string, never> };
  readonly unload: { readonly ask: { readonly network: number }; readonly answer: Record<string, never> };
  readonly predict: { readonly ask: PredictAsk; readonly answer: { readonly shape: Triple } };
  /** Array sent along: the graph. */
  readonly openTraining: { readonly ask: OpenTrainingAsk; readonly answer: Record<string, never> };
  /** Arrays sent along: image, labels, and distances where the graph asks for them. */
  readonly trainStep: { readonly ask: StepNumbers; readonly answer: StepResult };
  /** Arrays that come back: all that is carried. */
  readonly readTraining: { readonly ask: Record<string, never>; readonly answer: Record<string, never> };
  /** Arrays sent along: the same. */
  readonly writeTraining: { readonly ask: Record<string, never>; readonly answer: Record<string, never> };
}

/** The ONNX Runtime inside. */
export interface RuntimeDescription {
  readonly version: string;
  readonly providers: readonly string[];
}

/** Arrays sent along: the graph, then each file of `externalPaths`. */
export interface LoadAsk {
  readonly network: number;
  readonly shape: NetworkShape;
  readonly externalPaths: readonly string[];
  readonly device: string;
  readonly threads: number;
  readonly whollyOnDevice: boolean;
}

/** A training graph to open. */
export interface OpenTrainingAsk {
  readonly shape: TrainingShape;
  readonly device: string;
  readonly threads: number;
  readonly whollyOnDevice: boolean;
}

/** Array sent along: the image. */
export interface PredictAsk {
  readonly network: number;
  readonly request: Omit<PredictRequest, "image">;
}

/** To the inference process. */
export type ToChild =
  | ArrayPiece
  | { readonly kind: "request"; readonly id: number; readonly name: keyof Requests; readonly ask: unknown }
  | { readonly kind: "cancel"; readonly id: number };

/** From the inference process. */
export type FromChild =
  | ArrayPiece
  | { readonly kind: "progress"; readonly id: number; readonly done: number; readonly total: number }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "fault"; readonly id: number; readonly name: string; readonly problem: Problem };

/** A part of an array that belongs to a request or its answer. */
export interface ArrayPiece {
  readonly kind: "piece";
  readonly id: number;
  /** Which of the arrays of the request or the answer. */
  readonly index: number;
  readonly byteLength: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}
