import { byteLengthOf, type Graph, type GraphNode, type InlineTensor, type Tensor } from "../graph.ts";

/** What a rule may ask of the graph it works on, and add to it. */
export interface Rewriting {
  /** Version of the standard operator set. */
  readonly opset: number;
  /** The value of a name, where it is known before the graph runs. */
  readonly constant: (name: string) => InlineTensor | undefined;
  /** Adds a constant and gives the name it got, which begins with its own. */
  readonly add: (constant: InlineTensor) => string;
  /** A name that no value has yet. */
  readonly fresh: (base: string) => string;
}

/** The nodes that take a node's place and make the same outputs; `undefined` leaves it. */
export type RewriteRule = (node: GraphNode, rewriting: Rewriting) => readonly GraphNode[] | undefined;

/** Weights that lie beside a graph, by the name it gives their file. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>;

/**
 * The graph with every node that a rule knows replaced, the new ones included; the graph itself when there is none.
 *
 * Constants that are no longer used are dropped. A graph with graphs inside stays as it is.
 */
export function rewriteGraph(
  graph: Graph,
  rules: readonly RewriteRule[],
  { files = new Map() }: { readonly files?: ExternalFiles } = {},
): Graph {
  if (graph.nodes.some(holdsGraph)) return graph;
  const added: Tensor[] = [];
  const rewriting = rewritingOf(graph, { added, files });
  const rewrite = (node: GraphNode): readonly GraphNode[] => {
    for (const rule of rules) {
      const replacement = rule(node, rewriting);
      if (replacement !== undefined) return replacement.flatMap(rewrite);
    }
    return [node];
  };
  const nodes = graph.nodes.flatMap(rewrite);
  return nodes.length === graph.nodes.length && nodes.every((node, n) => node === graph.nodes[n])
    ? graph
    : withoutUnused({ ...graph, nodes, initializers: [...graph.initializers, ...added] });
}

function holdsGraph({ attributes }: GraphNode): boolean {
  return [...attributes.values()].some(({ kind }) => kind === "graph");
}

function rewritingOf(
  graph: Graph,
  { added, files }: { readonly added: Tensor[]; readonly files: ExternalFiles },
): Rewriting {
  const constants = new Map(constantsOf(graph, files).map((constant) => [constant.name, constant]));
  const names = new Set([
    ...[...graph.inputs, ...graph.initializers].map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const fresh = (base: string) => {
    let name = base;
    for (let n = 2; names.has(name); n++) name = `${base}.${n}`;
    names.add(name);
    return name;
  };
  const add = (constant: InlineTensor) => {
    const name = fresh(constant.name);
    constants.set(name, { ...constant, name });
    added.push({ ...constant, name });
    return name;
  };
  return { opset: graph.opsets.get("") ?? 0, constant: (name) => constants.get(name), add, fresh };
}

function constantsOf({ initializers, nodes }: Graph, files: ExternalFiles): readonly InlineTensor[] {
  const made = nodes.flatMap(({ op, outputs, attributes }): readonly Tensor[] => {
    const value = op === "Constant" ? attributes.get("value") : undefined;
    return value?.kind === "tensor" ? [{ ...value.value, name: outputs[0] }] : [];
  });
  return [...initializers, ...made].flatMap((tensor) => {
    const bytes = bytesOf(tensor, files);
    return bytes === undefined ? [] : [{ ...tensor, data: { kind: "bytes", bytes } }];
  });
}

function bytesOf(tensor: Tensor, files: ExternalFiles): Uint8Array | undefined {
  const { data } = tensor;
  if (data.kind === "bytes") return data.bytes;
  const length = byteLengthOf(tensor);
  const bytes = files.get(data.location)?.subarray(data.offset, data.offset + length);
  return bytes?.length === length ? bytes : undefined;
}

/** Old weights would double the graph. One that is listed as an input too would have to be fed if only its value went. */
function withoutUnused(graph: Graph): Graph {
  const used = new Set([...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)]);
  const dropped = new Set(graph.initializers.map(({ name }) => name).filter((name) => !used.has(name)));
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !dropped.has(name)),
    initializers: graph.initializers.filter(({ name }) => !dropped.has(name)),
  };
}
