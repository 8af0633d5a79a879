import type { LabelArray } from "../volume/volume.ts";
import type { AxisMap } from "./axis-map.ts";
import { classOfDecision, decisionRuleOf, probabilityOf } from "./decision.ts";
import { CERTAIN, type NetworkOutput } from "./network.ts";
import type { Block } from "./score-rows.ts";

/** A row of scores [C, block H, block W] with the decision for each of its voxels. */
export interface DecidedRow {
  readonly scores: Float32Array;
  readonly decisions: Uint16Array;
}

/** One slice of the output. */
export interface OutputSlice {
  readonly labels: LabelArray;
  /** See `Prediction`. */
  readonly probabilities: Uint16Array | undefined;
}

/** Writes the voxels of one output slice that a block decides, from the two rows of scores it lies between. */
export type LabelRowInto = (
  slice: OutputSlice,
  rows: { readonly first: DecidedRow; readonly second: DecidedRow; readonly share: number },
) => void;

/**
 * Prepares the way from scores on the network's grid to class ids on the output's: interpolate, then decide.
 *
 * Where the neighbours are decided alike, so is all between them: a channel that wins at every corner wins in every
 * mean of the corners. Only the voxels along the borders of structures are interpolated.
 *
 * Source: nnU-Net v2 convert_predicted_logits_to_segmentation_with_correct_shape (scores are resampled, not labels)
 */
export function labelRowWriter({
  output,
  block,
  outputBlock,
  mapH,
  mapW,
}: {
  readonly output: NetworkOutput;
  readonly block: Block;
  readonly outputBlock: Block;
  readonly mapH: AxisMap;
  readonly mapW: AxisMap;
}): LabelRowInto {
  const width = block.toW - block.fromW;
  const plane = (block.toH - block.fromH) * width;
  const outputWidth = mapW.first.length;
  const classOf = classOfDecision(output);
  const { threshold, greatest } = decisionRuleOf(output.kind);

  return ({ labels, probabilities }, { first, second, share }) => {
    const [near, far] = [first.decisions, second.decisions];

    const scoreAt = (at: number, right: number, down: number, shareH: number, shareW: number): number => {
      const mix = ({ scores }: DecidedRow) => {
        const up = scores[at] + shareW * (scores[at + right] - scores[at]);
        const low = scores[at + down] + shareW * (scores[at + down + right] - scores[at + down]);
        return up + shareH * (low - up);
      };
      return share === 0 ? mix(first) : (1 - share) * mix(first) + share * mix(second);
    };
    const decideBetween = (upLeft: number, right: number, down: number, shareH: number, shareW: number): number => {
      let [decision, best] = [0, threshold];
      for (let c = 0, at = upLeft; at < first.scores.length; c++, at += plane) {
        const score = scoreAt(at, right, down, shareH, shareW);
        if (!(score > best)) continue;
        decision = c + 1;
        if (greatest) best = score;
      }
      return decision;
    };

    for (let y = outputBlock.fromH; y < outputBlock.toH; y++) {
      const up = (mapH.first[y] - block.fromH) * width - block.fromW;
      const down = (mapH.second[y] - mapH.first[y]) * width;
      for (let x = outputBlock.fromW; x < outputBlock.toW; x++) {
        const at = up + mapW.first[x];
        const right = mapW.second[x] - mapW.first[x];
        const one = near[at];
        const alike =
          one === near[at + right] &&
          one === near[at + down] &&
          one === near[at + down + right] &&
          one === far[at] &&
          one === far[at + right] &&
          one === far[at + down] &&
          one === far[at + down + right];
        const decision = alike ? one : decideBetween(at, right, down, mapH.share[y], mapW.share[x]);
        labels[y * outputWidth + x] = classOf[decision];
        if (probabilities === undefined || classOf[decision] === 0) continue;
        const scoreOf = (c: number) => scoreAt(at + c * plane, right, down, mapH.share[y], mapW.share[x]);
        probabilities[y * outputWidth + x] = Math.round(CERTAIN * probabilityOf(output, decision - 1, scoreOf));
      }
    }
  };
}
