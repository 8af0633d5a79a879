import type { Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";
import {
  averagePool,
  clip,
  concat,
  div,
  max,
  min,
  mul,
  neg,
  reduceSum,
  reshape,
  scale,
  shift,
  slice,
} from "../graph/operators/index.ts";
import type { PatchWeighting } from "./patch-weights.ts";
import { sharesOf } from "./shares.ts";

/** How patches compete. */
export interface NaturalSelectionOptions {
  /** Patches of a mosaic; those of a batch that are left over compete with none. Default 2. */
  readonly group?: 2 | 4;
  /** Whether patches that do well in a mosaic count more, or those that do badly. Default `losers`. */
  readonly favours?: "losers" | "winners";
  /** What every patch counts. Default 1. */
  readonly base?: number;
  /** How much the competition moves that. Default 1. */
  readonly strength?: number;
}

/** Smallest weight. */
const LEAST = 0.05;

/**
 * Natural selection: the patches of a group are halved and laid into one mosaic, which the network segments once more; what
 * it makes of each patch there, against the others, decides what the patch counts. The score of a patch is the mean over its
 * classes of the probability of the truth, so that background does not decide. No gradient goes through the competition.
 *
 * Errors: GraphError when a batch is smaller than a group, or sides are odd
 * Source: arXiv:2604.12568, which gives no equations: weights base + (1/G - r) strength for losers, r the share of the group's
 *         scores, and the other way round for winners
 */
export function naturalSelection({
  group = 2,
  favours = "losers",
  base = 1,
  strength = 1,
}: NaturalSelectionOptions = {}): PatchWeighting {
  return {
    tellsDifficulty: false,
    weigh: ({ finest, context }) => {
      assertFits(context.image, group);
      const batch = Number(context.image.shape[0]);
      const count = batch - (batch % group);
      const [image, target] = [context.image, finest.target].map((value) => firstOf(value, count));
      const logits = context.forward(mosaicOf(halvedMean(image, group), group));
      const shares = sharesOf({ logits, activation: finest.activation });
      const scores = scoresOf(tilesOf(shares, group), halvedNearest(target, group));
      const perGroup = reshape(scores, [count / group, group]);
      const share = div(perGroup, shift(reduceSum(perGroup, { axes: [1] }), 1e-6));
      const advantage = shift(favours === "losers" ? neg(share) : share, favours === "losers" ? 1 / group : -1 / group);
      const weights = shift(scale(advantage, strength), base);
      const ofGroups = reshape(clip(weights, { low: LEAST, high: base + strength }), [count]);
      if (batch === count) return ofGroups;
      const rest = image.graph.floats(new Array<number>(batch - count).fill(base), [batch - count]);
      return concat([ofGroups, rest], { axis: 0 });
    },
  };
}

/** Axes that a mosaic is laid along: the last, and the one before it for four. */
function tiledAxes(rank: number, group: number): readonly number[] {
  return group === 2 ? [rank - 1] : [rank - 2, rank - 1];
}

function assertFits(image: Value, group: number): void {
  const batch = Number(image.shape[0]);
  if (batch < group)
    throw new GraphError({
      where: "natural selection",
      expected: `batches of ${group} or more`,
      got: `${batch} patches`,
    });
  const sides = tiledAxes(image.shape.length, group).map((axis) => Number(image.shape[axis]));
  if (sides.some((side) => side % 2 !== 0))
    throw new GraphError({ where: "natural selection", expected: "patches of even sides", got: `${sides}` });
}

function firstOf(value: Value, count: number): Value {
  return count === Number(value.shape[0]) ? value : slice(value, [{ axis: 0, from: 0, to: count }]);
}

function halvedMean(image: Value, group: number): Value {
  const axes = tiledAxes(image.shape.length, group);
  const kernel = image.shape.slice(2).map((_, n) => (axes.includes(n + 2) ? 2 : 1));
  return averagePool(image, { kernel, strides: kernel });
}

/** The second voxel of each two, as labels are taken for coarser heads. */
function halvedNearest(target: Value, group: number): Value {
  const axes = tiledAxes(target.shape.length, group);
  return slice(
    target,
    axes.map((axis) => ({ axis, from: 1, to: Number(target.shape[axis]), step: 2 })),
  );
}

/** Shape: [N, C, ...halved] -> [N / group, C, ...whole] */
function mosaicOf(halved: Value, group: number): Value {
  const [count] = halved.shape.map(Number);
  const axes = tiledAxes(halved.shape.length, group);
  const patch = (n: number) => slice(halved, [{ axis: 0, from: n, to: n + 1 }]);
  const mosaics = Array.from({ length: count / group }, (_, g) => {
    const rows = Array.from({ length: group / 2 }, (_, row) =>
      concat([patch(g * group + 2 * row), patch(g * group + 2 * row + 1)], { axis: axes[axes.length - 1] }),
    );
    return concat(rows, { axis: axes[0] });
  });
  return concat(mosaics, { axis: 0 });
}

/** Shape: [N / group, C, ...whole] -> [N, C, ...halved] */
function tilesOf(mosaics: Value, group: number): Value {
  const axes = tiledAxes(mosaics.shape.length, group);
  const half = (axis: number, n: number) => {
    const side = Number(mosaics.shape[axis]) / 2;
    return { axis, from: n * side, to: (n + 1) * side };
  };
  const tiles = Array.from({ length: Number(mosaics.shape[0]) * group }, (_, n) => {
    const [row, column] = [Math.floor((n % group) / 2), n % 2];
    const place = group === 2 ? [half(axes[0], column)] : [half(axes[0], row), half(axes[1], column)];
    const g = Math.floor(n / group);
    return slice(mosaics, [{ axis: 0, from: g, to: g + 1 }, ...place]);
  });
  return concat(tiles, { axis: 0 });
}

/** Mean over the classes of a patch of the mean share that their voxels are given. Shape: [N, C, ...] -> [N] */
function scoresOf(shares: Value, target: Value): Value {
  const sides = target.shape.map((_, axis) => axis).slice(2);
  const wanted = reduceSum(target, { axes: sides });
  const found = reduceSum(mul(shares, target), { axes: sides });
  const one = target.graph.floats([1]);
  const present = min(wanted, one);
  const recall = mul(div(found, max(wanted, one)), present);
  const sums = [recall, present].map((each) => reduceSum(each, { axes: [1] }));
  return reshape(div(sums[0], max(sums[1], one)), [Number(target.shape[0])]);
}
