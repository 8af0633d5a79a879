import type { Triple } from "../volume/affine.ts";
import { ModelError } from "../volume/errors.ts";
import { decisionRuleOf } from "./decision.ts";
import type { NetworkOutput } from "./network.ts";
import type { PatchView } from "./patch-copy.ts";
import { coverageAlong, importanceAlong, type TilePlan } from "./tile-plan.ts";

/** Rows and columns of a grid, ends exclusive. */
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
  /** Makes the slot of row `d` ready for the patches. */
  clear(d: number): void;
  /** Adds a network's output for one view, weighted; `offset` is where it starts in `output`, [C, D, H, W]. */
  add(output: Float32Array, view: PatchView, offset: number): void;
  /** Divides row `d` by what was added to it, and decides each voxel [block H, block W] of it. */
  finish(d: number, decisions: Uint16Array): void;
  /** A finished row. */
  row(d: number): Float32Array;
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
  { where, plan, block, shape, output, viewsPerPatch }: ScoreRowsOptions,
): ScoreRows {
  const { fromH, toH, fromW, toW } = block;
  const [rowsH, rowsW] = [toH - fromH, toW - fromW];
  const channels = output.classIds.length;
  const rowLength = channels * rowsH * rowsW;
  const ring = ringRowsOf(plan.patch[0]);
  const [patchD, patchH, patchW] = plan.patch;
  const [importanceD, importanceH, importanceW] = plan.patch.map(importanceAlong);
  const [coverageD, coverageH, coverageW] = shape.map((size, axis) =>
    coverageAlong(size, { starts: plan.starts[axis], tile: plan.patch[axis] }),
  );
  const perCoverageW = coverageW.slice(fromW, toW).map((sum) => 1 / sum);
  const rule = decisionRuleOf(output.kind);
  const best = new Float64Array(rowsW);
  const row = (d: number) => memory.subarray((d % ring) * rowLength, ((d % ring) + 1) * rowLength);

  const add: ScoreRows["add"] = (scores, { start: [startD, startH, startW], mirror }, offset) => {
    const fromX = Math.max(fromW, startW, 0);
    const length = Math.min(toW, startW + patchW) - fromX;
    const alongW = importanceW.subarray(fromX - startW);
    const [firstI, step] = mirror[2] ? [patchW - 1 - (fromX - startW), -1] : [fromX - startW, 1];
    for (let d = Math.max(0, -startD); d < patchD && startD + d < shape[0]; d++) {
      const target = row(startD + d);
      const sourceD = mirror[0] ? patchD - 1 - d : d;
      for (let c = 0; c < channels; c++)
        for (let h = Math.max(0, fromH - startH); h < patchH && startH + h < toH; h++) {
          const to = (c * rowsH + startH + h - fromH) * rowsW + fromX - fromW;
          const sourceH = mirror[1] ? patchH - 1 - h : h;
          const from = offset + ((c * patchD + sourceD) * patchH + sourceH) * patchW + firstI;
          const weight = importanceD[d] * importanceH[h];
          for (let x = 0, i = from; x < length; x++, i += step) target[to + x] += scores[i] * weight * alongW[x];
        }
    }
  };

  const finish: ScoreRows["finish"] = (d, decisions) => {
    const target = row(d);
    for (let h = 0; h < rowsH; h++) {
      const perCoverage = 1 / (viewsPerPatch * coverageD[d] * coverageH[fromH + h]);
      const line = decisions.subarray(h * rowsW, (h + 1) * rowsW).fill(0);
      best.fill(rule.threshold);
      for (let c = 0; c < channels; c++) {
        const at = (c * rowsH + h) * rowsW;
        let sum = 0;
        for (let w = 0; w < rowsW; w++) {
          const score = target[at + w] * perCoverage * perCoverageW[w];
          target[at + w] = score;
          sum += score;
          if (score > best[w]) {
            line[w] = c + 1;
            if (rule.greatest) best[w] = score;
          }
        }
        if (!Number.isFinite(sum)) throw nonFiniteError(where);
      }
    }
  };

  return { clear: (d) => void row(d).fill(0), add, finish, row };
}

interface ScoreRowsOptions {
  readonly where: string;
  readonly plan: TilePlan;
  readonly block: Block;
  /** [D, H, W] of the image. */
  readonly shape: Triple;
  readonly output: NetworkOutput;
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
