import { int } from "../attributes.ts";
import { MICROSOFT, type Value } from "../builder.ts";
import { broadcastShape, mismatch } from "../shapes.ts";
import { transpose } from "./arrange.ts";

/** Which of the two factors are read with their last two axes swapped. */
export interface ProductOptions {
  readonly transposeFirst?: boolean;
  readonly transposeSecond?: boolean;
}

/**
 * Matrix product over the last two axes, the axes before them stretched to each other.
 *
 * Shape:  [..., M, K], [..., K, N] -> [..., M, N]
 * Errors: GraphError when the inner sides differ
 */
export function matmul(
  first: Value,
  second: Value,
  { transposeFirst = false, transposeSecond = false }: ProductOptions = {},
): Value {
  const { graph, type } = first;
  const [rows, inner] = turned(first.shape.slice(-2), transposeFirst);
  const [otherInner, columns] = turned(second.shape.slice(-2), transposeSecond);
  if (first.shape.length < 2 || second.shape.length < 2 || inner !== otherInner)
    mismatch(second.name, `${inner} rows as ${first.name} has columns`, `${otherInner}`);
  const shape = [...broadcastShape(first.shape.slice(0, -2), second.shape.slice(0, -2)), rows, columns];
  if (!transposeFirst && !transposeSecond) return graph.node("MatMul", [first, second], { type, shape });
  if (graph.dialect === "cpu")
    return graph.node("FusedMatMul", [first, second], {
      type,
      shape,
      domain: MICROSOFT,
      attributes: { transA: int(Number(transposeFirst)), transB: int(Number(transposeSecond)) },
    });
  return matmul(transposeFirst ? swapLast(first) : first, transposeSecond ? swapLast(second) : second);
}

function turned<T>([rows, columns]: readonly T[], isTransposed: boolean): readonly T[] {
  return isTransposed ? [columns, rows] : [rows, columns];
}

/**
 * Rows times a matrix, and a row added to each.
 *
 * Shape:  rows [M, K], weight [N, K], bias [N] -> [M, N]
 * Errors: GraphError when the inner sides differ
 */
export function gemm(rows: Value, { weight, bias }: { readonly weight: Value; readonly bias?: Value }): Value {
  const { graph, type, shape } = rows;
  if (shape.length !== 2 || shape[1] !== weight.shape[1])
    mismatch(rows.name, `rows of ${weight.shape[1]}`, `[${shape.join(", ")}]`);
  return graph.node("Gemm", [rows, weight, ...(bias === undefined ? [] : [bias])], {
    type,
    shape: [shape[0], weight.shape[0]],
    attributes: { transB: int(1) },
  });
}

/** The last two axes swapped. */
export function swapLast(value: Value): Value {
  const axes = value.shape.map((_, n) => n);
  return transpose(value, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}
