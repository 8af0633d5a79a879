import type { Network } from "./architectures/architecture.ts";
import { gradientsOf } from "./gradient/gradients.ts";
import { type Dialect, type GraphBuilder, graphBuilder, type Value } from "./graph/builder.ts";
import type { Graph } from "./graph/graph.ts";
import { GraphError } from "./graph/graph-error.ts";
import { mul, scale } from "./graph/operators/index.ts";
import {
  type Buffer,
  type FeatureRole,
  type ParameterSource,
  type ParameterSpec,
  parametersOf,
} from "./layers/parameters.ts";
import type { MakeObjective, Objective, StepContext } from "./objective.ts";
import { clipFactor, normOf } from "./optimisers/clip-norm.ts";
import { movingAverage } from "./optimisers/moving-average.ts";
import type { Optimiser } from "./optimisers/optimiser.ts";
import {
  type GroupRule,
  type ParameterGroup,
  parameterGroups,
  parametersIn,
  vectorOf,
} from "./optimisers/parameter-groups.ts";

/** What makes a training step. */
export interface TrainingStepOptions {
  readonly network: Network;
  /** [N, C, ...sides] of a batch of images. */
  readonly imageShape: readonly number[];
  readonly objective: MakeObjective;
  /** Channels of signed distances that the objective asks for, an input `distances` [N, channels, ...sides]; none when left out. */
  readonly distanceChannels?: number;
  readonly optimiser: Optimiser;
  /** See `OptimiserInput`; 0 when left out. */
  readonly weightDecay?: number;
  readonly groups?: readonly GroupRule[];
  /** Longest gradient over all parameters; longer ones are shortened to it. */
  readonly clipNorm?: number;
  /** Of the moving average of the weights; none is kept when left out. */
  readonly averageDecay?: number;
  readonly dialect?: Dialect;
  /** Compute each block a second time on the way back: less memory, more time. */
  readonly recompute?: boolean;
}

/** A graph that is one training step, and what goes through it. */
export interface TrainingStep {
  /**
   * Inputs: image, labels, distances where asked for, learning_rate, step (1 in the first), and everything in `carried`.
   * Outputs: loss, gradient_norm, one per term, `next.<name>` for everything in `carried`, and, where the objective tells
   * of single patches, difficulty [N] and patch_features [N, F].
   */
  readonly graph: Graph;
  readonly groups: readonly ParameterGroup[];
  /** Batch normalisation's running statistics and the like. */
  readonly buffers: readonly ParameterSpec[];
  /** What goes from step to step, by the name of its input. */
  readonly carried: readonly CarriedValue[];
  readonly terms: readonly string[];
  /** Numbers that a patch's features are told in, where the objective tells of single patches. */
  readonly patchFeatures?: number;
}

/** A value that a step takes and gives back changed. */
export type CarriedValue = {
  readonly name: string;
  readonly shape: readonly number[];
} /** `state` is a vector of the optimiser and starts at 0; `average` starts as the weights do. */ & (
  | { readonly kind: "weights" | "average" | "state"; readonly group: ParameterGroup }
  | { readonly kind: "buffer"; readonly spec: ParameterSpec }
);

/** Prefix of the outputs that are the next step's inputs. */
export const NEXT = "next.";

/**
 * One training step as a graph: forward, backward, optimiser.
 *
 * Errors: GraphError when the network and the image do not fit, or a group rule fits nothing
 */
export function trainingStep(options: TrainingStepOptions): TrainingStep {
  const { network, imageShape, objective, groups: rules, dialect = "cpu", recompute = false } = options;
  const specs = listParameters(network, imageShape);
  const groups = parameterGroups(specs.weights, rules);
  const graph = graphBuilder("training step", { dialect });
  const image = graph.input("image", imageShape);
  const labels = graph.input("labels", imageShape.with(1, 1));
  const { distanceChannels } = options;
  const distances =
    distanceChannels === undefined ? undefined : graph.input("distances", imageShape.with(1, distanceChannels));
  const scalars = { learningRate: graph.input("learning_rate", []), step: graph.input("step", []) };
  const carrier = carriedValues(graph);
  const vectors = groups.map((group) =>
    carrier.input({ name: group.rule.name, shape: [group.length], kind: "weights", group }),
  );
  const weights = new Map(groups.flatMap((group, n) => [...parametersIn(vectors[n], group)]));
  const source = carriedSource(weights, carrier);
  const features = new Map<FeatureRole, Value>();
  const observe = (role: FeatureRole, value: Value) => void features.set(role, value);
  const logits = network(image, parametersOf(graph, { ...source, observe }));
  const context: StepContext = {
    image,
    distances,
    features,
    step: scalars.step,
    buffer: source.buffer,
    forward: (other) => network(other, parametersOf(graph, withoutUpdates(source)))[0],
  };
  const { loss, terms = {}, patches } = objective(logits, labels, context);
  const names = groups.flatMap(({ parameters }) => parameters.map(({ name }) => name));
  const ofWeights = gradientsOf(loss, names.map(valueIn(weights)), { recompute });
  const gradientOf = new Map(names.map((name, n) => [name, ofWeights[n]]));
  const gradients = groups.map(({ parameters }) =>
    vectorOf(parameters.map(({ name }) => name).map(valueIn(gradientOf))),
  );
  const norm = normOf(gradients);
  const shortened = shorten(gradients, { norm, groups, options });
  graph.scope("optimiser", () => {
    for (const [n, group] of groups.entries())
      moveGroup(carrier, { ...scalars, group, options, weights: vectors[n], gradient: shortened[n] });
  });
  return {
    graph: graph.build({ loss, gradient_norm: norm, ...terms, ...outputsOf(patches), ...carrier.outputs() }),
    groups,
    buffers: specs.buffers,
    carried: carrier.carried,
    terms: Object.keys(terms),
    ...(patches === undefined ? {} : { patchFeatures: Number(patches.features.shape[1]) }),
  };
}

function outputsOf(patches: Objective["patches"]): Readonly<Record<string, Value>> {
  return patches === undefined ? {} : { difficulty: patches.difficulty, patch_features: patches.features };
}

/** The same parameters for another image, whose statistics nobody keeps. */
function withoutUpdates(source: ParameterSource): ParameterSource {
  return { ...source, buffer: (spec) => ({ value: source.buffer(spec).value, update: () => undefined }) };
}

/** Every parameter that a network asks for, in order. */
export function listParameters(
  network: Network,
  imageShape: readonly number[],
): { readonly weights: readonly ParameterSpec[]; readonly buffers: readonly ParameterSpec[] } {
  const graph = graphBuilder("parameters");
  const weights: ParameterSpec[] = [];
  const buffers: ParameterSpec[] = [];
  const asInput = (list: ParameterSpec[]) => (spec: ParameterSpec) => {
    list.push(spec);
    return graph.input(spec.name, spec.shape);
  };
  const buffer = (spec: ParameterSpec): Buffer => ({ value: asInput(buffers)(spec), update: () => undefined });
  network(
    graph.input("image", imageShape),
    parametersOf(graph, { isTraining: true, weight: asInput(weights), buffer }),
  );
  return { weights, buffers };
}

/** Inputs that come back as outputs. */
interface Carrier {
  readonly carried: readonly CarriedValue[];
  input(value: CarriedValue): Value;
  /** The input of that name, where there is one. */
  known(name: string): Value | undefined;
  /** What the input of that name is in the next step; unchanged where nobody says. */
  become(name: string, next: Value): void;
  outputs(): Readonly<Record<string, Value>>;
}

function carriedValues(graph: GraphBuilder): Carrier {
  const carried: CarriedValue[] = [];
  const now = new Map<string, Value>();
  const inputs = new Map<string, Value>();
  return {
    carried,
    known: (name) => inputs.get(name),
    input: (value) => {
      carried.push(value);
      const input = graph.input(value.name, value.shape);
      now.set(value.name, input);
      inputs.set(value.name, input);
      return input;
    },
    become: (name, next) => void now.set(name, next),
    outputs: () => Object.fromEntries([...now].map(([name, value]) => [NEXT + name, value])),
  };
}

function carriedSource(weights: ReadonlyMap<string, Value>, carrier: Carrier): ParameterSource {
  return {
    isTraining: true,
    weight: ({ name }) => valueIn(weights)(name),
    buffer: (spec) => ({
      value: carrier.known(spec.name) ?? carrier.input({ name: spec.name, shape: spec.shape, kind: "buffer", spec }),
      update: (next) => carrier.become(spec.name, next),
    }),
  };
}

function valueIn(values: ReadonlyMap<string, Value>): (name: string) => Value {
  return (name) => {
    const value = values.get(name);
    if (value === undefined)
      throw new GraphError({
        where: name,
        expected: "the same parameters each time a network is built",
        got: "another",
      });
    return value;
  };
}

function shorten(
  gradients: readonly Value[],
  { norm, groups, options }: { norm: Value; groups: readonly ParameterGroup[]; options: TrainingStepOptions },
): readonly Value[] {
  const { clipNorm } = options;
  const all = clipNorm === undefined ? gradients : gradients.map((each) => mul(each, clipFactor(norm, clipNorm)));
  return all.map((gradient, n) => {
    const longest = groups[n].rule.clipNorm;
    return longest === undefined ? gradient : mul(gradient, clipFactor(normOf([gradient]), longest));
  });
}

interface GroupStep {
  readonly group: ParameterGroup;
  readonly options: TrainingStepOptions;
  readonly weights: Value;
  readonly gradient: Value;
  readonly learningRate: Value;
  readonly step: Value;
}

function moveGroup(carrier: Carrier, { group, options, weights, gradient, learningRate, step }: GroupStep): void {
  const { optimiser, weightDecay = 0, averageDecay } = options;
  const { rule, length } = group;
  const nameOf = (state: string) => `${rule.name}.${state}`;
  const state = new Map(
    optimiser.state.map((each) => [each, carrier.input({ name: nameOf(each), shape: [length], kind: "state", group })]),
  );
  const rate =
    rule.learningRate === undefined
      ? scale(learningRate, rule.learningRateFactor ?? 1)
      : weights.graph.floats([rule.learningRate]);
  const moved = optimiser.update({
    weights,
    gradient,
    state,
    step,
    learningRate: rate,
    weightDecay: rule.weightDecay ?? weightDecay,
  });
  carrier.become(rule.name, moved.weights);
  for (const [each, next] of moved.state) carrier.become(nameOf(each), next);
  if (averageDecay === undefined) return;
  const average = carrier.input({ name: nameOf("average"), shape: [length], kind: "average", group });
  carrier.become(nameOf("average"), movingAverage(average, { weights: moved.weights, step, decay: averageDecay }));
}
