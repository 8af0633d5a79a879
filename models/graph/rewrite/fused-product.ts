import { float, intAttribute, nodeOf, text } from "../attributes.ts";
import type { GraphNode } from "../graph.ts";
import { floatTensor } from "../tensor.ts";
import type { RewriteRule } from "./rewrite-graph.ts";

/** A product of transposed matrices, `com.microsoft.FusedMatMul`, as an `Einsum`, which needs to know no rank. */
export const fusedProduct: RewriteRule = (node, { add, fresh }) => {
  const { op, domain, inputs, outputs } = node;
  if (op !== "FusedMatMul" || domain !== "com.microsoft") return undefined;
  if (intAttribute(node, "transBatchA", 0) !== 0 || intAttribute(node, "transBatchB", 0) !== 0) return undefined;
  const first = intAttribute(node, "transA", 0) === 0 ? "ik" : "ki";
  const second = intAttribute(node, "transB", 0) === 0 ? "kj" : "jk";
  const equation = { equation: text(`...${first},...${second}->...ij`) };
  const alpha = alphaOf(node);
  if (alpha === 1) return [nodeOf("Einsum", inputs, outputs, equation)];
  const product = fresh(`${outputs[0]}.product`);
  const factor = add(floatTensor(`${outputs[0]}.alpha`, [], [alpha]));
  return [nodeOf("Einsum", inputs, [product], equation), nodeOf("Mul", [product, factor], outputs)];
};

function alphaOf({ attributes }: GraphNode): number {
  const alpha = attributes.get("alpha") ?? float(1);
  return alpha.kind === "float" ? alpha.value : 1;
}
