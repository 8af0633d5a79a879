import { NEXT } from "../../models/training-step.ts";
import { type FloatTensor, openSession, type Session } from "./onnx-runtime.ts";
import { namingFaults } from "./runtime-faults.ts";

/** A training step's graph, described for the process that runs it. */
export interface TrainingShape {
  /** For messages. */
  readonly where: string;
  readonly image: readonly number[];
  readonly labels: readonly number[];
  /** Where the graph asks for distances. */
  readonly distances?: readonly number[];
  /** What goes from step to step, in the order in which arrays of it are sent. */
  readonly carried: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Further scalars that the graph gives beside `loss` and `gradient_norm`. */
  readonly terms: readonly string[];
  /** Where the graph tells of single patches: in how many numbers it tells what each looks like. */
  readonly patchFeatures?: number;
}

/** What a step found of each patch of its batch. */
export interface FoundPatches {
  /** How hard each was. */
  readonly difficulty: readonly number[];
  /** What each looks like, [N, F]. */
  readonly features: readonly number[];
}

/** Arrays that one step is given, in the shapes of the graph. */
export interface StepArrays {
  readonly image: Float32Array;
  readonly labels: Float32Array;
  readonly distances?: Float32Array | undefined;
}

/** Numbers that one step is told. */
export interface StepNumbers {
  readonly learningRate: number;
  /** 1 in the first. */
  readonly step: number;
}

/** What one step found. */
export interface StepResult {
  readonly loss: number;
  /** Before it was shortened. */
  readonly gradientNorm: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly milliseconds: number;
  /** Where the graph tells of single patches. */
  readonly patches?: FoundPatches;
}

/** A training graph opened on a device, with its weights. */
export interface TrainingRunner {
  step(batch: StepArrays, numbers: StepNumbers): Promise<StepResult>;
  /** The carried values as they are now, in the shape's order; valid until the next step. */
  read(): readonly Float32Array[];
  /** Puts others in their place. */
  write(values: readonly Float32Array[]): void;
}

/** Where and how a training graph is opened. */
export interface OpenTrainingOptions {
  readonly device: string;
  readonly threads: number;
  readonly whollyOnDevice: boolean;
}

/**
 * Opens a training graph; all it carries is 0 until `write`.
 *
 * Errors: ModelError M_LOAD, M_MEMORY; a step: M_RUN, M_MEMORY
 */
export async function openTrainingRunner(
  shape: TrainingShape,
  model: Uint8Array,
  { device, ...options }: OpenTrainingOptions,
): Promise<TrainingRunner> {
  const { where, carried, terms } = shape;
  const session = await namingFaults(where, "M_LOAD", () => openSession(model, { provider: device, ...options }));
  const scalars = new Map(["loss", "gradient_norm", ...terms].map((name) => [name, scalar(0)]));
  const patches = patchTargets(shape);
  // Two sets that take turns: outputs that are newly allocated in every step cost page faults.
  let now = carried.map(({ shape }) => zeros(shape));
  let next = carried.map(({ shape }) => zeros(shape));
  return {
    step: async ({ image, labels, distances }, { learningRate, step }) => {
      const started = performance.now();
      const feeds = new Map([
        ["image", { data: image, shape: shape.image }],
        ["labels", { data: labels, shape: shape.labels }],
        ...(distances === undefined ? [] : [["distances", { data: distances, shape: shape.distances ?? [] }] as const]),
        ["learning_rate", scalar(learningRate)],
        ["step", scalar(step)],
        ...carried.map(({ name }, n) => [name, now[n]] as const),
      ]);
      const targets = new Map([
        ...scalars,
        ...patches,
        ...carried.map(({ name }, n) => [NEXT + name, next[n]] as const),
      ]);
      await namingFaults(where, "M_RUN", () => runKnown(session, feeds, targets));
      [now, next] = [next, now];
      const scalarOf = (name: string) => scalars.get(name)?.data[0] ?? Number.NaN;
      return {
        loss: scalarOf("loss"),
        gradientNorm: scalarOf("gradient_norm"),
        terms: Object.fromEntries(terms.map((name) => [name, scalarOf(name)])),
        milliseconds: performance.now() - started,
        ...foundPatches(patches),
      };
    },
    read: () => now.map(({ data }) => data),
    write: (values) => {
      for (const [n, { data }] of now.entries()) data.set(values[n]);
    },
  };
}

/** Feeds only what the graph takes: an optimiser may not ask for the step. */
function runKnown(
  session: Session,
  feeds: ReadonlyMap<string, FloatTensor>,
  targets: ReadonlyMap<string, FloatTensor>,
) {
  const known = new Set(session.inputs.map(({ name }) => name));
  return session.runAll(new Map([...feeds].filter(([name]) => known.has(name))), targets);
}

const [DIFFICULTY, PATCH_FEATURES] = ["difficulty", "patch_features"];

function patchTargets({ image: [count], patchFeatures }: TrainingShape): ReadonlyMap<string, FloatTensor> {
  if (patchFeatures === undefined) return new Map();
  return new Map([
    [DIFFICULTY, zeros([count])],
    [PATCH_FEATURES, zeros([count, patchFeatures])],
  ]);
}

function foundPatches(targets: ReadonlyMap<string, FloatTensor>): { readonly patches?: FoundPatches } {
  if (targets.size === 0) return {};
  const [difficulty, features] = [DIFFICULTY, PATCH_FEATURES].map((name) => [...(targets.get(name)?.data ?? [])]);
  return { patches: { difficulty, features } };
}

function zeros(shape: readonly number[]): FloatTensor {
  return { data: new Float32Array(shape.reduce((product, side) => product * side, 1)), shape };
}

function scalar(value: number): FloatTensor {
  return { data: Float32Array.of(value), shape: [] };
}
