import { type Dialect, type GraphBuilder, graphBuilder, type Value } from "../../models/graph/builder.ts";
import { encodeModel } from "../../models/graph/encode.ts";
import { type FloatTensors, openSession } from "../../pipeline/runtime/onnx-runtime.ts";

/** Builds a graph, runs it once on the CPU and gives its outputs by name. */
export async function runGraph(
  build: (graph: GraphBuilder) => Readonly<Record<string, Value>>,
  feeds: FloatTensors = new Map(),
  { dialect = "cpu" }: { readonly dialect?: Dialect } = {},
): Promise<ReadonlyMap<string, Float32Array>> {
  const graph = graphBuilder("test", { dialect });
  const outputs = build(graph);
  const session = await openSession(encodeModel(graph.build(outputs)), { provider: "cpu", threads: 1 });
  const found = await session.runAll(feeds);
  return new Map([...found].map(([name, { data }]) => [name, data]));
}
