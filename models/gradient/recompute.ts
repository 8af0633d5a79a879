import type { GraphBuilder, Operation, Value } from "../graph/builder.ts";
import { add, reshape, scale, slice } from "../graph/operators/index.ts";

/**
 * Second copies of the operations in segments, each made when the way back first reaches its segment.
 *
 * A copy's inputs are tied to the gradient that arrives there, times 0: without that tie ONNX Runtime would find the copy
 * equal to the first and keep one of the two, or compute it before its time.
 */
export function segmentCopies(
  graph: GraphBuilder,
  operations: readonly Operation[],
): (operation: Operation, ofOutputs: readonly (Value | undefined)[]) => Operation | undefined {
  const copied = new Map<number, ReadonlyMap<Operation, Operation>>();
  return (operation, ofOutputs) => {
    const { segment } = operation;
    if (segment === undefined) return undefined;
    const gradient = ofOutputs.find((each) => each !== undefined) as Value;
    const copies = copied.get(segment) ?? copySegment(graph, { segment, operations, gradient });
    copied.set(segment, copies);
    return copies.get(operation);
  };
}

function copySegment(
  graph: GraphBuilder,
  { segment, operations, gradient }: { segment: number; operations: readonly Operation[]; gradient: Value },
): ReadonlyMap<Operation, Operation> {
  const inside = operations.filter((operation) => operation.segment === segment);
  const made = new Set(operations.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  const tie = zeroFrom(gradient);
  const values = new Map<string, Value>();
  const again = (value: Value | undefined, n: number): Value | undefined => {
    if (value === undefined || value.type !== "float32" || graph.constantOf(value) !== undefined) return value;
    const known = values.get(value.name);
    if (known !== undefined) return known;
    // What is fed beside the data are weights: small, and in memory anyway.
    if (n > 0 && !made.has(value.name)) return value;
    const tied = add(value, tie);
    values.set(value.name, tied);
    return tied;
  };
  return new Map(
    inside.map((operation): [Operation, Operation] => {
      const inputs = operation.inputs.map(again);
      const { op, outputs: results, attributes, domain } = operation;
      const outputs = graph.nodes(op, { inputs, results, attributes, domain });
      for (const [n, { name }] of operation.outputs.entries()) values.set(name, outputs[n]);
      return [operation, { ...operation, inputs, outputs }];
    }),
  );
}

/** A scalar 0 that is known only once the gradient is. */
function zeroFrom(gradient: Value): Value {
  const first = slice(
    gradient,
    gradient.shape.map((_, axis) => ({ axis, from: 0, to: 1 })),
  );
  return scale(reshape(first, []), 0);
}
