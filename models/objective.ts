import type { Value } from "./graph/builder.ts";
import type { Buffer, FeatureRole, ParameterSpec } from "./layers/parameters.ts";

/** What a network is told it got wrong. */
export interface Objective {
  /** A scalar. */
  readonly loss: Value;
  /** Parts of it to show, by name; scalars. */
  readonly terms?: Readonly<Record<string, Value>>;
  /** What is told of each patch by itself, for a sampler. */
  readonly patches?: {
    /** How hard it is, [N]. */
    readonly difficulty: Value;
    /** What it looks like, [N, F]. */
    readonly features: Value;
  };
}

/** What an objective may use beside logits and labels. */
export interface StepContext {
  /** [N, C, ...sides] */
  readonly image: Value;
  /** [N, channels, ...sides], where they are asked for. */
  readonly distances?: Value | undefined;
  /** What the network showed of its features. */
  readonly features: ReadonlyMap<FeatureRole, Value>;
  /** A scalar: 1 in the first. */
  readonly step: Value;
  /** Something that goes from step to step without a gradient. */
  readonly buffer: (spec: ParameterSpec) => Buffer;
  /** The network's finest logits for another image of the same shape; running statistics stay as they are. */
  readonly forward: (image: Value) => Value;
}

/** From a network's logits, finest first, and labels [N, 1, ...sides] as float32. */
export type MakeObjective = (logits: readonly Value[], labels: Value, context: StepContext) => Objective;
