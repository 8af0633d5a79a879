import { decodeModel } from "../decode.ts";
import { encodeModel } from "../encode.ts";
import { filledChannels } from "./filled-channels.ts";
import { fusedProduct } from "./fused-product.ts";
import { groupedConvolution } from "./grouped-convolution.ts";
import { type RewriteRule, rewriteGraph } from "./rewrite-graph.ts";
import { separateTanh } from "./separate-tanh.ts";
import { transposedConvolution } from "./transposed-convolution.ts";

/** One per operator that the WebGPU provider of ONNX Runtime 1.30 lacks or gets wrong; a new one is a line here. */
const rules = (): readonly RewriteRule[] => [
  groupedConvolution,
  transposedConvolution,
  filledChannels,
  fusedProduct,
  separateTanh(),
];

/**
 * The same network out of operators that WebGPU has and computes rightly: 3-D convolutions without groups, none transposed.
 *
 * `externalData` holds the files that the graph keeps weights in. Weights that the graph computes leave a convolution as it is.
 *
 * Empty:  a network that needs nothing comes back as the very bytes
 * Errors: GraphError when the bytes are no ONNX model
 */
export function rewriteForWebGpu(
  model: Uint8Array,
  externalData: readonly { readonly path: string; readonly data: Uint8Array }[] = [],
): Uint8Array {
  const graph = decodeModel(model);
  const files = new Map(externalData.map(({ path, data }) => [path, data]));
  const rewritten = rewriteGraph(graph, rules(), { files });
  return rewritten === graph ? model : encodeModel(rewritten);
}
