import { intAttribute, textAttribute } from "./attributes.ts";
import type { Operation, Value } from "./builder.ts";
import { elementCountOf } from "./graph.ts";
import { GraphError } from "./graph-error.ts";

/**
 * Floating-point operations of the convolutions and matrix products in a graph, multiplications and additions counted apart.
 *
 * What works element by element (biases, activations, normalisation, pooling, interpolation) is left out, as papers and counters
 * such as fvcore leave most of it out.
 *
 * Errors: GraphError for an open side
 */
export function countFlops(operations: readonly Operation[]): number {
  return operations.reduce((sum, operation) => sum + (rules[operation.op]?.(operation) ?? 0), 0);
}

/** Twice the number of products; every other operator counts nothing. */
const rules: Readonly<Record<string, ((operation: Operation) => number) | undefined>> = {
  Conv: ({ inputs, outputs }) => {
    const [, perGroup, ...kernel] = sidesOf(inputs[1]);
    return 2 * elementCountOf(sidesOf(outputs[0])) * perGroup * elementCountOf(kernel);
  },
  ConvTranspose: ({ inputs }) => {
    const [, perGroup, ...kernel] = sidesOf(inputs[1]);
    return 2 * elementCountOf(sidesOf(inputs[0])) * perGroup * elementCountOf(kernel);
  },
  MatMul: ({ inputs, outputs }) => productFlops(outputs[0], sidesOf(inputs[0]).at(-1)),
  FusedMatMul: (operation) => {
    const [rows, columns] = sidesOf(operation.inputs[0]).slice(-2);
    return productFlops(operation.outputs[0], intAttribute(operation, "transA", 0) === 1 ? rows : columns);
  },
  Gemm: (operation) => {
    const [rows, columns] = sidesOf(operation.inputs[0]);
    return productFlops(operation.outputs[0], intAttribute(operation, "transA", 0) === 1 ? rows : columns);
  },
  Einsum: einsumFlops,
};

function productFlops(result: Value, inner = 1): number {
  return 2 * elementCountOf(sidesOf(result)) * inner;
}

/** Every letter is a loop; with n factors each round takes n - 1 products and a sum. */
function einsumFlops(operation: Operation): number {
  const [terms] = textAttribute(operation, "equation", "").replaceAll(" ", "").split("->");
  const sides = new Map<string, number>();
  for (const [n, term] of terms.split(",").entries())
    for (const [axis, side] of sidesOf(operation.inputs[n]).entries()) sides.set(term[axis], side);
  return operation.inputs.length * elementCountOf([...sides.values()]);
}

function sidesOf(value: Value | undefined): readonly number[] {
  return (value?.shape ?? []).map((side) => {
    if (typeof side === "number") return side;
    throw new GraphError({ where: value?.name ?? "value", expected: "sides that are known", got: `${side}` });
  });
}
