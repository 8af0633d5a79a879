import { nodeOf } from "../attributes.ts";
import type { RewriteRule } from "./rewrite-graph.ts";

/**
 * A hyperbolic tangent as -tanh(-x), which ONNX Runtime does not fuse with a convolution before it.
 *
 * WebGPU's fused one gives NaN from values of about 88 on. The rule knows the tangents that it made.
 */
export function separateTanh(): RewriteRule {
  const made = new Set<string>();
  return ({ op, domain, inputs: [value], outputs: [result] }, { fresh }) => {
    if (op !== "Tanh" || domain !== "" || made.has(result)) return undefined;
    const [turned, tangent] = [fresh(`${result}.turned`), fresh(`${result}.tangent`)];
    made.add(tangent);
    return [nodeOf("Neg", [value], [turned]), nodeOf("Tanh", [turned], [tangent]), nodeOf("Neg", [tangent], [result])];
  };
}
