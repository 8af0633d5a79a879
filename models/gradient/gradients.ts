import type { Operation, Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";
import { add } from "../graph/operators/index.ts";
import { segmentCopies } from "./recompute.ts";
import { gradientRules } from "./rules.ts";

/** How to go back. */
export interface GradientOptions {
  /** Compute the graph's segments a second time on the way back instead of keeping their inner values: less memory. */
  readonly recompute?: boolean;
}

/**
 * Gradients of a scalar to values of the same graph, by reverse mode; the operations are added to the graph.
 *
 * Shape:  loss [] -> one gradient of each value's shape
 * Errors: GraphError when the loss is no scalar, does not depend on a value, or an operator on the way has no rule
 * Source: Griewank and Walther 2008, Evaluating Derivatives, section 3.2; recomputation: Chen 2016, arXiv:1604.06174
 */
export function gradientsOf(
  loss: Value,
  values: readonly Value[],
  { recompute = false }: GradientOptions = {},
): readonly Value[] {
  const { graph } = loss;
  if (loss.shape.length > 0) throw new GraphError({ where: loss.name, expected: "a scalar", got: `[${loss.shape}]` });
  const operations = [...graph.operations];
  const dependent = dependentsOf(values, operations);
  const gradients = new Map<string, Value>([[loss.name, graph.floats([1])]]);
  const copies = recompute ? segmentCopies(graph, operations) : undefined;
  graph.scope("gradient", () => {
    for (const operation of operations.toReversed()) {
      const ofOutputs = operation.outputs.map(({ name }) => gradients.get(name));
      if (ofOutputs.every((each) => each === undefined)) continue;
      if (!operation.outputs.some(({ name }) => dependent.has(name))) continue;
      const forward = copies?.(operation, ofOutputs) ?? operation;
      accumulate(gradients, operation, backwardOver(forward, { operation, ofOutputs, dependent }));
    }
  });
  return values.map((value) => {
    const gradient = gradients.get(value.name);
    if (gradient === undefined)
      throw new GraphError({ where: value.name, expected: "a value that the loss depends on", got: "one it does not" });
    return gradient;
  });
}

/** Names of all values that change when one of `values` does. */
function dependentsOf(values: readonly Value[], operations: readonly Operation[]): ReadonlySet<string> {
  const dependent = new Set(values.map(({ name }) => name));
  for (const { op, inputs, outputs } of operations)
    if (op !== STOP && inputs.some((input) => input !== undefined && dependent.has(input.name)))
      for (const { name } of outputs) dependent.add(name);
  return dependent;
}

/** Operator of `stopGradient`. */
const STOP = "Identity";

interface Surroundings {
  readonly operation: Operation;
  readonly ofOutputs: readonly (Value | undefined)[];
  readonly dependent: ReadonlySet<string>;
}

function backwardOver(forward: Operation, { operation, ofOutputs, dependent }: Surroundings) {
  const rule = gradientRules.get(operation.op);
  const gradient = ofOutputs.find((each) => each !== undefined);
  if (rule === undefined || gradient === undefined)
    throw new GraphError({
      where: operation.outputs[0].name,
      expected: `an operator with a gradient: ${[...gradientRules.keys()].join(", ")}`,
      got: operation.op,
    });
  return rule({
    inputs: forward.inputs as readonly Value[],
    outputs: forward.outputs,
    attributes: operation.attributes,
    gradient,
    gradients: ofOutputs,
    wants: (n) => dependent.has(operation.inputs[n]?.name ?? ""),
  });
}

/** A value that is used more than once gets the sum of what comes back from each use. */
function accumulate(
  gradients: Map<string, Value>,
  { inputs, op }: Operation,
  found: readonly (Value | undefined)[],
): void {
  for (const [n, gradient] of found.entries()) {
    const input = inputs[n];
    if (input === undefined || gradient === undefined) continue;
    if (String(gradient.shape) !== String(input.shape))
      throw new GraphError({ where: op, expected: `a gradient [${input.shape}]`, got: `[${gradient.shape}]` });
    const former = gradients.get(input.name);
    gradients.set(input.name, former === undefined ? gradient : add(former, gradient));
  }
}
