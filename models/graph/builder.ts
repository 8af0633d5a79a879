import { nodeOf } from "./attributes.ts";
import type { Attribute, Dimension, ElementType, Graph, GraphNode, InlineTensor, Tensor, ValueInfo } from "./graph.ts";
import { GraphError } from "./graph-error.ts";

/** Operator set that graphs are built for, and the file format that goes with it. */
const OPSET = 17;
const IR_VERSION = 8;

/** A value of a graph under construction; its type and shape are known before anything runs. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
  /** The graph that it belongs to. */
  readonly graph: GraphBuilder;
}

/** What an operation makes. */
export interface Result {
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A graph under construction. */
export interface GraphBuilder {
  /** A float32 value that the caller feeds; a name as a side leaves it open. */
  input(name: string, shape: readonly Dimension[]): Value;
  /** Weights or another constant; its name must be free. */
  constant(tensor: InlineTensor): Value;
  /** Adds an operation of the standard set and gives what it makes. */
  node(op: string, inputs: readonly Value[], result: Result): Value;
  /**
   * The finished graph, its outputs under the names given.
   *
   * Errors: GraphError when a name is taken
   */
  build(outputs: Readonly<Record<string, Value>>): Graph;
}

/**
 * An empty graph to build in. Values are named after their operator, in order, so that the same calls give the same bytes.
 */
export function graphBuilder(name: string): GraphBuilder {
  const inputs: ValueInfo[] = [];
  const initializers: Tensor[] = [];
  const nodes: GraphNode[] = [];
  const names = new Set<string>();
  const claim = (wanted: string) => {
    if (names.has(wanted)) throw new GraphError({ where: wanted, expected: "a name that is free", got: "one in use" });
    names.add(wanted);
    return wanted;
  };
  const graph: GraphBuilder = {
    input: (wanted, shape) => {
      const info = { name: claim(wanted), type: "float32" as const, shape };
      inputs.push(info);
      return { ...info, graph };
    },
    constant: (tensor) => {
      initializers.push({ ...tensor, name: claim(tensor.name) });
      return { name: tensor.name, type: tensor.type, shape: tensor.shape, graph };
    },
    node: (op, given, { type, shape, attributes }) => {
      const result = claim(`${op.toLowerCase()}.${nodes.length + 1}`);
      const named = given.map(({ name }) => name);
      nodes.push(nodeOf(op, named, [result], attributes));
      return { name: result, type, shape, graph };
    },
    build: (outputs) => {
      const finalNames = new Map(Object.entries(outputs).map(([wanted, value]) => [value.name, claim(wanted)]));
      return {
        name,
        opsets: new Map([["", OPSET]]),
        irVersion: IR_VERSION,
        inputs,
        outputs: Object.entries(outputs).map(([wanted, { type, shape }]) => ({ name: wanted, type, shape })),
        initializers,
        nodes: nodes.map((node) => renamed(node, finalNames)),
        metadata: new Map(),
      };
    },
  };
  return graph;
}

function renamed(node: GraphNode, names: ReadonlyMap<string, string>): GraphNode {
  const rename = (name: string) => names.get(name) ?? name;
  return { ...node, name: rename(node.name), inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) };
}
