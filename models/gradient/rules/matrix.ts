import { intAttribute } from "../../graph/attributes.ts";
import { matmul, reduceSum, reshape } from "../../graph/operators/index.ts";
import { reduceToShape } from "../reduce-to-shape.ts";
import type { GradientRule } from "../rule.ts";

/**
 * For C = op(A) op(B), where op may swap the last two axes: dA = dC op(B)ᵀ and dB = op(A)ᵀ dC, swapped back where the
 * factor was.
 */
const productRule: GradientRule = (backward) => {
  const {
    gradient,
    inputs: [first, second],
    wants,
  } = backward;
  const [swapFirst, swapSecond] = ["transA", "transB"].map((name) => intAttribute(backward, name, 0) === 1);
  const toFirst = () =>
    swapFirst
      ? matmul(second, gradient, { transposeFirst: swapSecond, transposeSecond: true })
      : matmul(gradient, second, { transposeSecond: !swapSecond });
  const toSecond = () =>
    swapSecond
      ? matmul(gradient, first, { transposeFirst: true, transposeSecond: swapFirst })
      : matmul(first, gradient, { transposeFirst: !swapFirst });
  return [
    wants(0) ? reduceToShape(toFirst(), first.shape) : undefined,
    wants(1) ? reduceToShape(toSecond(), second.shape) : undefined,
  ];
};

/** For Y = X Wᵀ + b: dX = dY W, dW = dYᵀ X and db the sum of dY's rows. */
const gemmRule: GradientRule = ({ gradient, inputs: [rows, weight, bias], wants }) => [
  wants(0) ? matmul(gradient, weight) : undefined,
  wants(1) ? matmul(gradient, rows, { transposeFirst: true }) : undefined,
  bias !== undefined && wants(2) ? reshape(reduceSum(gradient, { axes: [0] }), bias.shape) : undefined,
];

/** Rules of matrix products. */
export const matrixRules: readonly (readonly [op: string, rule: GradientRule])[] = [
  ["MatMul", productRule],
  ["FusedMatMul", productRule],
  ["Gemm", gemmRule],
];
