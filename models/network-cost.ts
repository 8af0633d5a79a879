import type { Network } from "./architectures/architecture.ts";
import { graphBuilder } from "./graph/builder.ts";
import { countFlops } from "./graph/count-flops.ts";
import { elementCountOf } from "./graph/graph.ts";
import { parametersOf } from "./layers/parameters.ts";

/** What a network is and does, whatever its weights. */
export interface NetworkCost {
  /** Trained numbers. */
  readonly parameters: number;
  /** Of one image; see `countFlops`. */
  readonly flops: number;
}

/** Counts a network's weights, and what it computes of an image [N, C, ...sides]. Errors: as the network and `countFlops` */
export function networkCost(network: Network, imageShape: readonly number[]): NetworkCost {
  const graph = graphBuilder("cost");
  let parameters = 0;
  const source = parametersOf(graph, {
    isTraining: false,
    weight: ({ name, shape }) => {
      parameters += elementCountOf(shape);
      return graph.input(name, shape);
    },
    buffer: ({ name, shape }) => ({ value: graph.input(name, shape), update: () => undefined }),
  });
  network(graph.input("image", imageShape), source);
  return { parameters, flops: countFlops(graph.operations) };
}
