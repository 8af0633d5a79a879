import type { RegionPrior } from "../../bundle/manifest-schema.ts";
import type { Triple } from "../../volume/affine.ts";
import type { Box } from "../../volume/box.ts";
import { coveringValue } from "./covering-value.ts";
import type { FoundCase } from "./found-case.ts";

/** How priors are worked out. */
export interface PriorOptions {
  readonly stage: string;
  /** Stages whose boxes it may be measured from. */
  readonly anchors: readonly string[];
  /** Share of the cases whose true box it is to take in, at each face. */
  readonly cover: number;
  /** Added on both sides, [D, H, W]. */
  readonly growMm: Triple;
}

/** An anchor that is missed itself in more cases than this is no help. */
const LEAST_FOUND = 0.9;

/**
 * Where a structure usually lies: measured from the structure that tells most exactly, where there is one that tells more
 * exactly than the field of view, and in the field of view.
 *
 * Empty:  none where no case holds it
 */
export function priorsOf(
  cases: readonly FoundCase[],
  { stage, anchors, cover, growMm }: PriorOptions,
): readonly RegionPrior[] {
  const holders = cases.flatMap((each) => {
    const box = each.truth[stage];
    return box === undefined ? [] : [{ ...each, box }];
  });
  if (holders.length === 0) return [];
  const field = fieldPrior(holders, { cover, growMm });
  const fieldMm3 = meanOf(
    holders.map(({ shape, spacingMm }) =>
      volumeOf((axis) => (field.stop[axis] - field.start[axis]) * shape[axis] * spacingMm[axis]),
    ),
  );
  const near = anchors
    .filter((anchor) => anchor !== stage)
    .flatMap((anchor) => nearPrior(holders, { anchor, cover, growMm }) ?? [])
    .map((prior) => ({ prior, mm3: volumeOf((axis) => prior.stopMm[axis] - prior.startMm[axis]) }))
    .filter(({ mm3 }) => mm3 < fieldMm3)
    .sort((first, second) => first.mm3 - second.mm3);
  return [...near.slice(0, 1).map(({ prior }) => prior), field];
}

type Holder = FoundCase & { readonly box: Box };
type Near = Extract<RegionPrior, { kind: "near" }>;
type Field = Extract<RegionPrior, { kind: "field" }>;
type Cover = Pick<PriorOptions, "cover" | "growMm">;

function fieldPrior(holders: readonly Holder[], { cover, growMm }: Cover): Field {
  const share = (holder: Holder, voxels: number, axis: number) => voxels / holder.shape[axis];
  const grown = ({ shape, spacingMm }: Holder, axis: number) => growMm[axis] / (shape[axis] * spacingMm[axis]);
  return {
    kind: "field",
    start: perAxis((axis) => {
      const starts = holders.map((each) => share(each, each.box.start[axis], axis) - grown(each, axis));
      return Math.max(0, floored(lowest(starts, cover)));
    }),
    stop: perAxis((axis) => {
      const stops = holders.map((each) => share(each, each.box.stop[axis], axis) + grown(each, axis));
      return Math.min(1, -floored(-coveringValue(stops, cover)));
    }),
  };
}

function nearPrior(
  holders: readonly Holder[],
  { anchor, cover, growMm }: Cover & { readonly anchor: string },
): Near | undefined {
  const both = holders.flatMap((each) => {
    const from = each.found[anchor];
    return from === undefined ? [] : [{ ...each, from }];
  });
  if (both.length === 0 || both.length < LEAST_FOUND * holders.length) return undefined;
  const offsets = (side: "start" | "stop", axis: number) =>
    both.map(({ box, from, spacingMm }) => {
      const middle = (from.start[axis] + from.stop[axis]) / 2;
      return (box[side][axis] - middle) * spacingMm[axis];
    });
  return {
    kind: "near",
    region: anchor,
    startMm: perAxis((axis) => floored(lowest(offsets("start", axis), cover) - growMm[axis])),
    stopMm: perAxis((axis) => -floored(-coveringValue(offsets("stop", axis), cover) - growMm[axis])),
  };
}

/** The largest of several values that at least a share of them do not fall below. */
function lowest(values: readonly number[], share: number): number {
  return -coveringValue(
    values.map((value) => -value),
    share,
  );
}

/** Down to hundredths of a millimetre or ten-thousandths of a side, so that people can read it. */
function floored(value: number): number {
  return Math.floor(10_000 * value) / 10_000;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function volumeOf(side: (axis: number) => number): number {
  return side(0) * side(1) * side(2);
}

function perAxis(value: (axis: number) => number): Triple {
  return [value(0), value(1), value(2)];
}
