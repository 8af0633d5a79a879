import type { Network } from "./architectures/architecture.ts";
import { type Dialect, graphBuilder } from "./graph/builder.ts";
import type { Graph } from "./graph/graph.ts";
import { foldBatchNorm } from "./graph/rewrite/fold-batch-norm.ts";
import { fixedParameters } from "./layers/parameters.ts";

/** A network with weights, as a bundle holds it. */
export interface InferenceGraphOptions {
  readonly name: string;
  readonly network: Network;
  /** By parameter name; those that inference does not need are left out. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly channels: number;
  /** Of the patch, [D, H, W] or [H, W]. */
  readonly sides: readonly number[];
  readonly dialect?: Dialect;
}

/**
 * The forward half of a network with its weights inside: `image` [N, C, ...sides] to `logits`, the number of patches open.
 *
 * Errors: GraphError when a parameter has no weights, or others than its shape says
 */
export function inferenceGraph({ name, network, weights, channels, sides, dialect }: InferenceGraphOptions): Graph {
  const graph = graphBuilder(name, dialect === undefined ? {} : { dialect });
  const image = graph.input("image", ["N", channels, ...sides]);
  const [logits] = network(image, fixedParameters(graph, weights));
  return foldBatchNorm(withoutUnused(graph.build({ logits })));
}

/** Only what the outputs need: deep supervision's other heads are left behind. */
function withoutUnused(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  const nodes = graph.nodes.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((name) => needed.has(name))) return false;
    for (const name of inputs) needed.add(name);
    return true;
  });
  return { ...graph, nodes: nodes.reverse(), initializers: graph.initializers.filter(({ name }) => needed.has(name)) };
}
