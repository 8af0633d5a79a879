import type { Triple } from "../volume/affine.ts";
import type { AxisMap } from "./axis-map.ts";
import { type Block, ringRowsOf } from "./score-rows.ts";
import type { TilePlan } from "./tile-plan.ts";

/** A block of scores, the output voxels it decides, and the patches it needs. */
export interface ScoreBlock {
  readonly scores: Block;
  readonly output: Block;
  /** First voxel of the patches along H and W that touch the block. */
  readonly startsH: readonly number[];
  readonly startsW: readonly number[];
}

/** Most parts an axis is cut into. */
const MOST_PARTS = 16;

/**
 * Cuts the output into blocks of H and W whose scores fit a memory budget, with the fewest patches computed twice.
 *
 * Empty:  when not even the smallest blocks fit, those
 */
export function cutIntoBlocks(
  plan: TilePlan,
  {
    channels,
    mapH,
    mapW,
    scoreBytes,
  }: { readonly channels: number; readonly mapH: AxisMap; readonly mapW: AxisMap; readonly scoreBytes: number },
): readonly ScoreBlock[] {
  const bytesPerColumn = Float32Array.BYTES_PER_ELEMENT * channels * ringRowsOf(plan.patch[0]);
  const cutsH = cutsOf(mapH, { starts: plan.starts[1], tile: plan.patch[1] });
  const cutsW = cutsOf(mapW, { starts: plan.starts[2], tile: plan.patch[2] });
  const pairs = cutsH.flatMap((h) => cutsW.map((w) => ({ h, w, bytes: bytesPerColumn * h.longest * w.longest })));
  const fitting = pairs.filter(({ bytes }) => bytes <= scoreBytes);
  const best =
    fitting.length > 0
      ? fitting.reduce((least, pair) =>
          pair.h.patches * pair.w.patches < least.h.patches * least.w.patches ? pair : least,
        )
      : pairs.reduce((least, pair) => (pair.bytes < least.bytes ? pair : least));
  return best.h.parts.flatMap((h) => best.w.parts.map((w) => blockOf(h, w)));
}

/** Largest number of floats that the scores of a block take. */
export function scoreLengthOf(blocks: readonly ScoreBlock[], { patch, channels }: { patch: Triple; channels: number }) {
  const area = ({ scores }: ScoreBlock) => (scores.toH - scores.fromH) * (scores.toW - scores.fromW);
  return channels * ringRowsOf(patch[0]) * Math.max(...blocks.map(area));
}

interface Part {
  /** Output voxels, end exclusive. */
  readonly output: readonly [from: number, to: number];
  /** Input voxels they are interpolated from, end exclusive. */
  readonly input: readonly [from: number, to: number];
  readonly starts: readonly number[];
}

interface Cut {
  readonly parts: readonly Part[];
  readonly longest: number;
  /** Patches of all parts; those on a border count in each. */
  readonly patches: number;
}

/** One even cut of an axis for each number of parts. */
function cutsOf(map: AxisMap, { starts, tile }: { starts: readonly number[]; tile: number }): readonly Cut[] {
  const length = map.first.length;
  return Array.from({ length: Math.min(MOST_PARTS, length) }, (_, n) => {
    const border = (p: number) => Math.round((p * length) / (n + 1));
    const parts = Array.from({ length: n + 1 }, (_, p): Part => {
      const [from, to] = [border(p), border(p + 1)];
      const input: readonly [number, number] = [map.first[from], map.second[to - 1] + 1];
      return { output: [from, to], input, starts: starts.filter((s) => s < input[1] && s + tile > input[0]) };
    });
    return {
      parts,
      longest: Math.max(...parts.map(({ input: [from, to] }) => to - from)),
      patches: parts.reduce((sum, part) => sum + part.starts.length, 0),
    };
  });
}

function blockOf(h: Part, w: Part): ScoreBlock {
  return {
    scores: { fromH: h.input[0], toH: h.input[1], fromW: w.input[0], toW: w.input[1] },
    output: { fromH: h.output[0], toH: h.output[1], fromW: w.output[0], toW: w.output[1] },
    startsH: h.starts,
    startsW: w.starts,
  };
}
