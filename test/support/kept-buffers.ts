import type { GraphBuilder, Value } from "../../models/graph/builder.ts";
import { floatTensor } from "../../models/graph/tensor.ts";
import type { Buffer, ParameterSpec } from "../../models/layers/parameters.ts";

/** What a step keeps, with given values before it, and what it becomes. */
export interface KeptBuffers {
  readonly buffer: (spec: ParameterSpec) => Buffer;
  /** By name, prefixed with `next.`. */
  readonly outputs: () => Readonly<Record<string, Value>>;
  readonly names: () => readonly string[];
}

/** Buffers of a graph under test; those without given values start as they ask. */
export function keptBuffers(graph: GraphBuilder, given: Readonly<Record<string, readonly number[]>> = {}): KeptBuffers {
  const values = new Map<string, Value>();
  const next = new Map<string, Value>();
  const startOf = ({ name, shape, initial }: ParameterSpec) => {
    const length = shape.reduce((product, side) => product * side, 1);
    const constant = initial.kind === "constant" ? initial.value : 0;
    const start = initial.kind === "values" ? initial.values : new Array<number>(length).fill(constant);
    return graph.constant(floatTensor(name, shape, given[name] ?? start));
  };
  return {
    buffer: (spec) => {
      const value = values.get(spec.name) ?? startOf(spec);
      values.set(spec.name, value);
      return { value, update: (after) => void next.set(spec.name, after) };
    },
    outputs: () => Object.fromEntries([...next].map(([name, value]) => [`next.${name}`, value])),
    names: () => [...values.keys()],
  };
}
