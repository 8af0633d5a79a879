import { floatAttribute } from "../../graph/attributes.ts";
import type { Value } from "../../graph/builder.ts";
import { elementCountOf } from "../../graph/graph.ts";
import {
  add,
  axesBut,
  matmul,
  mul,
  neg,
  reciprocal,
  reduceMean,
  reduceSum,
  reshape,
  scale,
  shift,
  sqrt,
  sub,
} from "../../graph/operators/index.ts";
import type { Backward, GradientRule } from "../rule.ts";

const epsilonOf = (backward: Backward) => floatAttribute(backward, "epsilon", 1e-5);

/** Sum of products along the last axis, [N, C, L] twice -> [N, C, 1]; a product of matrices reads each once on a CPU. */
function dotRows(first: Value, second: Value): Value {
  if (first.graph.dialect === "standard") return reduceSum(mul(first, second), { axes: [2] });
  const [n, c, length] = first.shape.map(Number);
  const row = (value: Value) => reshape(value, [n * c, 1, length]);
  return reshape(matmul(row(first), row(second), { transposeSecond: true }), [n, c, 1]);
}

/**
 * With xc = x - mean, r = 1 / sqrt(var + epsilon), a = scale * r, and sums over the L elements of a channel:
 * dx = a dy - xc (a r^2 / L) sum(dy xc) - (a / L) sum(dy).
 */
const instanceRule: GradientRule = (backward) => {
  const {
    gradient,
    inputs: [value, factor, offset],
    wants,
  } = backward;
  const [n, c, ...sides] = value.shape.map(Number);
  const length = elementCountOf(sides);
  const rows = (each: Value) => reshape(each, [n, c, length]);
  const [x, dy] = [rows(value), rows(gradient)];
  const centred = sub(x, reduceMean(x, { axes: [2] }));
  const r = reciprocal(sqrt(shift(scale(dotRows(centred, centred), 1 / length), epsilonOf(backward))));
  const [along, sum] = [dotRows(dy, centred), reduceSum(dy, { axes: [2] })];
  const a = mul(reshape(factor, [1, c, 1]), r);
  const perChannel = (each: Value, shape: Value["shape"]) => reshape(reduceSum(each, { axes: [0, 2] }), shape);
  const toValue = () => {
    const ofCentred = neg(mul(mul(a, mul(r, r)), scale(along, 1 / length)));
    const constant = neg(mul(a, scale(sum, 1 / length)));
    return reshape(add(add(mul(dy, a), mul(centred, ofCentred)), constant), value.shape);
  };
  return [
    wants(0) ? toValue() : undefined,
    wants(1) ? perChannel(mul(along, r), factor.shape) : undefined,
    wants(2) ? perChannel(sum, offset.shape) : undefined,
  ];
};

/** With n = (x - mean) / sqrt(var + epsilon) and g = dy * scale: dx = (g - mean(g) - n mean(g n)) / sqrt(var + epsilon). */
const layerRule: GradientRule = (backward) => {
  const {
    gradient,
    inputs: [value, factor, offset],
    wants,
  } = backward;
  const last = value.shape.length - 1;
  const along = { axes: [last] };
  const centred = sub(value, reduceMean(value, along));
  const variance = reduceMean(mul(centred, centred), along);
  const inverse = reciprocal(sqrt(shift(variance, epsilonOf(backward))));
  const normal = mul(centred, inverse);
  const others = { axes: axesBut(value, [last]) };
  const toValue = () => {
    const g = mul(gradient, factor);
    const straight = sub(g, reduceMean(g, along));
    return mul(sub(straight, mul(normal, reduceMean(mul(g, normal), along))), inverse);
  };
  return [
    wants(0) ? toValue() : undefined,
    wants(1) ? reshape(reduceSum(mul(gradient, normal), others), factor.shape) : undefined,
    offset !== undefined && wants(2) ? reshape(reduceSum(gradient, others), offset.shape) : undefined,
  ];
};

/** The statistics are fixed, so that each channel is scaled and shifted, no more. */
const batchRule: GradientRule = (backward) => {
  const { gradient, inputs, wants } = backward;
  const [value, factor, offset, mean, variance] = inputs;
  const perChannel = (each: Value) => reshape(each, [1, Number(each.shape[0]), ...value.shape.slice(2).map(() => 1)]);
  const others = { axes: axesBut(value, [1]) };
  const inverse = perChannel(reciprocal(sqrt(shift(variance, epsilonOf(backward)))));
  const normal = () => mul(sub(value, perChannel(mean)), inverse);
  return [
    wants(0) ? mul(gradient, mul(perChannel(factor), inverse)) : undefined,
    wants(1) ? reshape(reduceSum(mul(gradient, normal()), others), factor.shape) : undefined,
    wants(2) ? reshape(reduceSum(gradient, others), offset.shape) : undefined,
  ];
};

/** Rules of normalisations. */
export const normalisationRules: readonly (readonly [op: string, rule: GradientRule])[] = [
  ["InstanceNormalization", instanceRule],
  ["LayerNormalization", layerRule],
  ["BatchNormalization", batchRule],
];
