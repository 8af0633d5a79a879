import type { Triple } from "../volume/affine.ts";
import { ModelError } from "../volume/errors.ts";
import type { PatchView } from "./patch-copy.ts";
import { coverageAlong, importanceAlong, type TilePlan } from "./tile-plan.ts";

/** Rows and columns of the network's grid, ends exclusive. */
export interface Block {
  readonly fromH: number;
  readonly toH: number;
  readonly fromW: number;
  readonly toW: number;
}

/**
 * Weighted scores of the few D-rows that lie under the window, for one block of H and W.
 *
 * A row is [C, block H, block W]. Rows live in a ring of patch D + 1 slots: those a patch still adds to, and the last
 * finished one, which the next output rows may be interpolated from.
 */
export interface ScoreRows {
  /** Adds a network's output for one view, weighted; `offset` is where it starts in `output`, [C, D, H, W]. */
  add(output: Float32Array, view: PatchView, offset: number): void;
  /** Divides row `d` by what was added to it. */
  finish(d: number): void;
  /** A finished row. */
  row(d: number): Float32Array;
  /** Makes the slot of row `d` ready for the patches. */
  clear(d: number): void;
}

/** Slots of the ring for patches of a depth. */
export function ringRowsOf(patchDepth: number): number {
  return patchDepth + 1;
}

/**
 * Starts the scores of one block.
 *
 * Errors: ModelError M_NONFINITE from `finish` when a network gave NaN or an infinity
 */
export function scoreRowsOf(
  memory: Float32Array,
  { where, plan, block, shape, channels, viewsPerPatch }: ScoreRowsOptions,
): ScoreRows {
  const { fromH, toH, fromW, toW } = block;
  const [rowsH, rowsW] = [toH - fromH, toW - fromW];
  const rowLength = channels * rowsH * rowsW;
  const ring = ringRowsOf(plan.patch[0]);
  const [patchD, patchH, patchW] = plan.patch;
  const importance = plan.patch.map(importanceAlong);
  const mirroredW = importance[2].toReversed();
  const [depth] = shape;
  const coverage = shape.map((size, axis) =>
    coverageAlong(size, { starts: plan.starts[axis], tile: plan.patch[axis] }),
  );
  const row = (d: number) => memory.subarray((d % ring) * rowLength, ((d % ring) + 1) * rowLength);

  const add: ScoreRows["add"] = (output, { start: [startD, startH, startW], mirror }, offset) => {
    const fromX = Math.max(fromW, startW, 0);
    const toX = Math.min(toW, startW + patchW);
    const alongW = mirror[2] ? mirroredW : importance[2];
    const direction = mirror[2] ? -1 : 1;
    const firstX = mirror[2] ? patchW - 1 - (fromX - startW) : fromX - startW;
    for (let d = Math.max(0, -startD); d < patchD && startD + d < depth; d++) {
      const target = row(startD + d);
      const sourceD = mirror[0] ? patchD - 1 - d : d;
      for (let h = Math.max(0, fromH - startH); h < patchH && startH + h < toH; h++) {
        const weight = importance[0][d] * importance[1][h];
        const sourceH = mirror[1] ? patchH - 1 - h : h;
        for (let c = 0; c < channels; c++) {
          const to = (c * rowsH + startH + h - fromH) * rowsW - fromW;
          const from = offset + ((c * patchD + sourceD) * patchH + sourceH) * patchW;
          for (let x = fromX, i = firstX; x < toX; x++, i += direction)
            target[to + x] += output[from + i] * weight * alongW[i];
        }
      }
    }
  };

  const finish: ScoreRows["finish"] = (d) => {
    const target = row(d);
    for (let h = 0; h < rowsH; h++) {
      const weight = viewsPerPatch * coverage[0][d] * coverage[1][fromH + h];
      for (let c = 0; c < channels; c++) {
        const at = (c * rowsH + h) * rowsW;
        let sum = 0;
        for (let w = 0; w < rowsW; w++) {
          target[at + w] /= weight * coverage[2][fromW + w];
          sum += target[at + w];
        }
        if (!Number.isFinite(sum)) throw nonFiniteError(where);
      }
    }
  };

  return { add, finish, row, clear: (d) => void row(d).fill(0) };
}

interface ScoreRowsOptions {
  readonly where: string;
  readonly plan: TilePlan;
  readonly block: Block;
  /** [D, H, W] of the image. */
  readonly shape: Triple;
  readonly channels: number;
  /** Mirrored versions of each patch, itself included. */
  readonly viewsPerPatch: number;
}

function nonFiniteError(where: string): ModelError {
  return new ModelError({
    code: "M_NONFINITE",
    where,
    expected: "finite scores from the network",
    got: "NaN or an infinity",
    next: "The weights are damaged or the image is not normalised as the network needs; use another bundle",
  });
}
