export { concat, expand, gather, pad, reshape, roll, type SliceRange, slice, split, transpose } from "./arrange.ts";
export { conv, convTranspose, type WindowOptions } from "./convolution.ts";
export {
  abs,
  add,
  cast,
  clip,
  div,
  equal,
  erf,
  exp,
  gelu,
  greater,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  log,
  max,
  min,
  mul,
  neg,
  pow,
  reciprocal,
  relu,
  scale,
  shift,
  sigmoid,
  sign,
  silu,
  sqrt,
  stopGradient,
  sub,
  tanh,
  where,
} from "./elementwise.ts";
export { gemm, matmul, type ProductOptions, swapLast } from "./matrix.ts";
export { type Affine, batchNorm, groupNorm, instanceNorm, layerNorm } from "./normalisation.ts";
export { averagePool, globalAveragePool, maxPool } from "./pooling.ts";
export { axesBut, meanOfAll, reduceMax, reduceMean, reduceSum, sumOfAll, topValues } from "./reduction.ts";
export { resize } from "./resize.ts";
export { logSoftmax, softmax } from "./softmax.ts";
