import type { GraphBuilder, Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";
import { floatTensor } from "../graph/tensor.ts";

/** How a parameter starts. */
export type Initial =
  | { readonly kind: "constant"; readonly value: number }
  /** Mean 0. */
  | { readonly kind: "normal"; readonly deviation: number }
  /** Between -bound and bound. */
  | { readonly kind: "uniform"; readonly bound: number }
  | { readonly kind: "values"; readonly values: readonly number[] };

/** A parameter before it has values. */
export interface ParameterSpec {
  /** Parts joined by dots, as PyTorch names them. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
}

/** What a network keeps up to date without a gradient, such as a running mean. */
export interface Buffer {
  readonly value: Value;
  /** Says what it is after this step; nothing happens outside training. */
  update(next: Value): void;
}

/** Features of a network: the coarsest of its encoder, and those of each voxel that its finest logits are made of. */
export type FeatureRole = "bottleneck" | "voxels";

/** Where the layers of a network get their parameters. */
export interface Parameters {
  readonly graph: GraphBuilder;
  /** Whether a training step is being built, where batch normalisation takes the batch's statistics. */
  readonly isTraining: boolean;
  /** A parameter that is trained. */
  weight(name: string, shape: readonly number[], initial: Initial): Value;
  buffer(name: string, shape: readonly number[], initial: Initial): Buffer;
  /** Shows features to whoever trains the network; a loss may compare them. */
  observe(role: FeatureRole, value: Value): void;
  /** Puts a name before those of all that `make` asks for or computes. */
  within<T>(name: string, make: (parameters: Parameters) => T): T;
}

/** What stands behind parameters: a graph's inputs, or values that are known. */
export interface ParameterSource {
  readonly isTraining: boolean;
  weight(spec: ParameterSpec): Value;
  buffer(spec: ParameterSpec): Buffer;
  observe?(role: FeatureRole, value: Value): void;
}

/** Parameters of a graph from a source, none of them under any name yet. */
export function parametersOf(graph: GraphBuilder, source: ParameterSource, prefix = ""): Parameters {
  return {
    graph,
    isTraining: source.isTraining,
    weight: (name, shape, initial) => source.weight({ name: prefix + name, shape, initial }),
    buffer: (name, shape, initial) => source.buffer({ name: prefix + name, shape, initial }),
    observe: (role, value) => source.observe?.(role, value),
    within: (name, make) => graph.scope(name, () => make(parametersOf(graph, source, `${prefix}${name}.`))),
  };
}

/**
 * Parameters that are constants of the graph: what inference takes.
 *
 * Errors: GraphError when one has no values, or too few or many
 */
export function fixedParameters(graph: GraphBuilder, values: ReadonlyMap<string, Float32Array>): Parameters {
  const constant = ({ name, shape }: ParameterSpec) => {
    const data = values.get(name);
    if (data === undefined)
      throw new GraphError({ where: name, expected: "values for each parameter", got: "none for this one" });
    return graph.constant(floatTensor(name, shape, data));
  };
  return parametersOf(graph, {
    isTraining: false,
    weight: constant,
    buffer: (spec) => ({ value: constant(spec), update: () => undefined }),
  });
}

/** Deviation of He's initial weights for a leaky ReLU. Source: He 2015, doi:10.1109/ICCV.2015.123 */
export function heNormal(fanIn: number, { slope = 0 }: { readonly slope?: number } = {}): Initial {
  return { kind: "normal", deviation: Math.sqrt(2 / ((1 + slope * slope) * fanIn)) };
}

/** How PyTorch's layers start unless told otherwise. Source: torch.nn.Linear and ConvNd, `kaiming_uniform_(a=sqrt(5))` */
export function uniformFor(fanIn: number): Initial {
  return { kind: "uniform", bound: 1 / Math.sqrt(fanIn) };
}

/** Starts as this number everywhere. */
export function constantly(value: number): Initial {
  return { kind: "constant", value };
}
