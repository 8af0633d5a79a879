import type { Value } from "../graph/builder.ts";
import { elementCountOf } from "../graph/graph.ts";
import { GraphError } from "../graph/graph-error.ts";
import {
  add,
  div,
  exp,
  log,
  matmul,
  max,
  min,
  mul,
  reduceSum,
  reshape,
  scale,
  shift,
  stopGradient,
  sub,
  sumOfAll,
} from "../graph/operators/index.ts";
import { normalised } from "../layers/normalised.ts";
import type { ClassFacts } from "./class-weights.ts";
import { labelsAt } from "./deep-supervision.ts";
import type { Loss, LossInput } from "./loss.ts";

/** Which classes are told apart, and how sharply. */
export interface ConfusableContrastOptions {
  /** Names of classes that are taken for each other; every two foreground classes when left out. */
  readonly pairs?: readonly (readonly [string, string])[];
  /** Default 0.1. */
  readonly temperature?: number;
}

/** Share of a batch's prototype in the one that is remembered. */
const SHARE = 0.1;

/**
 * Confusable-class contrast: the mean feature of a class's voxels is drawn to what is remembered of the class, and away from
 * what is remembered of the classes that it is taken for.
 *
 * Empty:  0 where a batch holds no class of a pair
 * Errors: GraphError when a pair names no class, or the network does not show the features of its voxels
 * Source: after arXiv:2604.21060, there over slides with a queue of them; the form of supervised contrast, Khosla 2020,
 *         arXiv:2004.11362, with one positive, prototypes for samples and a moving average for the queue
 */
export function confusableContrast(
  { pairs, temperature = 0.1 }: ConfusableContrastOptions,
  { names }: Pick<ClassFacts, "names">,
): Loss {
  const opposed = opposedClasses(names, pairs);
  return (input) => {
    const { target, context, head = 0 } = input;
    const { graph } = target;
    // Coarser heads have no features of their own.
    if (head > 0 || context === undefined) return graph.floats([0]);
    const channels = names.length;
    const { prototypes, present } = prototypesOf(input, featuresIn(input));
    const width = Number(prototypes.shape[1]);
    const initial = { kind: "constant", value: 0 } as const;
    const memory = context.buffer({ name: "contrast.prototypes", shape: [channels, width], initial });
    memory.update(remembered(memory.value, { prototypes, present }));
    const likeness = scale(matmul(prototypes, memory.value, { transposeSecond: true }), 1 / temperature);
    const own = reduceSum(mul(likeness, graph.floats(identityOf(channels), [channels, channels])), { axes: [1] });
    const known = reshape(min(reduceSum(mul(memory.value, memory.value), { axes: [1] }), graph.floats([1])), [
      1,
      channels,
    ]);
    const rivals = mul(graph.floats(opposed, [channels, channels]), known);
    const others = reduceSum(mul(exp(sub(likeness, own)), rivals), { axes: [1] });
    const told = mul(present, min(reduceSum(rivals, { axes: [1] }), graph.floats([1])));
    const each = mul(log(shift(others, 1)), told);
    return div(sumOfAll(each), max(sumOfAll(told), graph.floats([1])));
  };
}

/** 1 for each two channels that are told apart, row by row. */
function opposedClasses(names: readonly string[], pairs: ConfusableContrastOptions["pairs"]): readonly number[] {
  const stranger = pairs?.flat().find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw new GraphError({
      where: "confusable pairs",
      expected: `names of classes: ${names.join(", ")}`,
      got: stranger,
    });
  const isForeground = (name: string) => name !== "background";
  const isOpposed = (first: string, second: string) =>
    pairs === undefined
      ? first !== second && isForeground(first) && isForeground(second)
      : pairs.some((pair) => pair.includes(first) && pair.includes(second) && first !== second);
  return names.flatMap((first) => names.map((second) => Number(isOpposed(first, second))));
}

function identityOf(length: number): readonly number[] {
  return Array.from({ length: length * length }, (_, i) => Number(i % (length + 1) === 0));
}

function featuresIn({ context }: LossInput): Value {
  const features = context?.features.get("voxels");
  if (features !== undefined) return features;
  throw new GraphError({
    where: "network",
    expected: "an architecture that shows the features of its voxels, for the contrast of classes",
    got: "one that does not",
  });
}

/** Mean feature of each channel's voxels, of length 1, [C, F]; and whether it has any, [C, 1]. */
function prototypesOf({ target, counted }: LossInput, features: Value) {
  const wanted = labelsAt(counted === undefined ? target : mul(target, counted), features);
  const [batch, channels, ...sides] = wanted.shape.map(Number);
  const voxels = elementCountOf(sides);
  const width = Number(features.shape[1]);
  const masks = reshape(wanted, [batch, channels, voxels]);
  const rows = reshape(features, [batch, width, voxels]);
  const sums = reshape(reduceSum(matmul(masks, rows, { transposeSecond: true }), { axes: [0] }), [channels, width]);
  const counts = reshape(reduceSum(masks, { axes: [0, 2] }), [channels, 1]);
  const one = target.graph.floats([1]);
  return { prototypes: normalised(div(sums, max(counts, one))), present: min(counts, one) };
}

/** What is remembered after a batch: a class that it does not hold stays as it was, one that is new is taken as it is. */
function remembered(
  former: Value,
  { prototypes, present }: { readonly prototypes: Value; readonly present: Value },
): Value {
  const now = stopGradient(prototypes);
  const moved = normalised(add(scale(former, 1 - SHARE), scale(now, SHARE)));
  return add(former, mul(present, sub(moved, former)));
}
