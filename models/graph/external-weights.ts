import type { Graph, Tensor } from "./graph.ts";
import { floatsOf } from "./tensor.ts";

/** Where weights begin in their file, so that a reader can map them. Units: bytes. */
const ALIGNMENT = 64;

/** A graph without its weights, and the file that it keeps them in. */
export interface WeightsApart {
  readonly graph: Graph;
  readonly data: Uint8Array;
}

/**
 * Moves weights of at least `leastBytes` into one file beside the graph, named `location`; small constants stay.
 *
 * A protobuf message cannot be larger than 2 GB: networks beyond that need it.
 */
export function moveWeightsOut(
  graph: Graph,
  { location, leastBytes = 1024 }: { readonly location: string; readonly leastBytes?: number },
): WeightsApart {
  let end = 0;
  const moved: { readonly bytes: Uint8Array; readonly offset: number }[] = [];
  const initializers = graph.initializers.map((tensor): Tensor => {
    const { data } = tensor;
    if (data.kind === "external" || data.bytes.length < leastBytes) return tensor;
    const offset = ALIGNMENT * Math.ceil(end / ALIGNMENT);
    end = offset + data.bytes.length;
    moved.push({ bytes: data.bytes, offset });
    return { ...tensor, data: { kind: "external", location, offset, length: data.bytes.length } };
  });
  const data = new Uint8Array(end);
  for (const { bytes, offset } of moved) data.set(bytes, offset);
  return { graph: { ...graph, initializers }, data };
}

/** Float32 weights of a graph by name, those in other files left out. */
export function weightsOf({
  initializers,
}: Graph): ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }> {
  return new Map(
    initializers
      .filter(({ type, data }) => type === "float32" && data.kind === "bytes")
      .map((tensor) => [tensor.name, { shape: tensor.shape, data: floatsOf(tensor) }]),
  );
}
