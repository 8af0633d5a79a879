import type { AxisMap } from "./axis-map.ts";
import type { NetworkOutput } from "./network.ts";
import type { Block } from "./score-rows.ts";

/** Output rows and columns that one block of scores decides; the same sides as `Block`, on the output grid. */
export type OutputBlock = Block;

/** Decides the voxels of one output row of a block from the two score rows it lies between. */
export type LabelRowInto = (
  labels: Uint8Array | Uint16Array,
  scores: { readonly first: Float32Array; readonly second: Float32Array; readonly share: number },
) => void;

/**
 * Prepares the way from scores on the network's grid to class ids on the output's: interpolate, then decide.
 *
 * Shape:  scores [C, block H, block W] -> labels [output H, output W], the output block of it
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
  readonly outputBlock: OutputBlock;
  readonly mapH: AxisMap;
  readonly mapW: AxisMap;
}): LabelRowInto {
  const width = block.toW - block.fromW;
  const plane = (block.toH - block.fromH) * width;
  const columns = outputBlock.toW - outputBlock.fromW;
  const outputWidth = mapW.first.length;
  const along = sliceMap(mapW, { from: outputBlock.fromW, to: outputBlock.toW, origin: block.fromW });
  const mixed = new Float32Array(output.classIds.length * plane);
  const line = new Float32Array(width);
  const stretched = new Float32Array(columns);
  const decide = decisionOf(output, columns);

  return (labels, { first, second, share }) => {
    const scores = share === 0 ? first : blendInto(mixed, { first, second, share });
    for (let y = outputBlock.fromH; y < outputBlock.toH; y++) {
      const ids = labels.subarray(y * outputWidth + outputBlock.fromW, y * outputWidth + outputBlock.toW);
      for (let c = 0; c < output.classIds.length; c++) {
        const at = (row: number) => scores.subarray(c * plane + (row - block.fromH) * width).subarray(0, width);
        const [upper, lower] = [at(mapH.first[y]), at(mapH.second[y])];
        const rowScores =
          mapH.share[y] === 0 ? upper : blendInto(line, { first: upper, second: lower, share: mapH.share[y] });
        decide(ids, c, along.straight ? rowScores : stretchInto(stretched, rowScores, along));
      }
    }
  };
}

/** Takes the scores of channel `c` into account, channels in order; the last channel completes the ids. */
type Decide = (ids: Uint8Array | Uint16Array, c: number, scores: Float32Array) => void;

function decisionOf({ kind, classIds }: NetworkOutput, columns: number): Decide {
  if (kind === "sigmoid" || kind === "sigmoid-logits") return claimAbove(classIds, kind === "sigmoid" ? 0.5 : 0);
  const best = new Float32Array(columns);
  return (ids, c, scores) => {
    const id = classIds[c];
    if (c === 0) {
      best.set(scores.subarray(0, columns));
      ids.fill(id);
      return;
    }
    for (let x = 0; x < columns; x++)
      if (scores[x] > best[x]) {
        best[x] = scores[x];
        ids[x] = id;
      }
  };
}

function claimAbove(classIds: readonly number[], threshold: number): Decide {
  return (ids, c, scores) => {
    if (c === 0) ids.fill(0);
    for (let x = 0; x < ids.length; x++) if (scores[x] > threshold) ids[x] = classIds[c];
  };
}

function blendInto(
  target: Float32Array,
  { first, second, share }: { first: Float32Array; second: Float32Array; share: number },
): Float32Array {
  for (let i = 0; i < target.length; i++) target[i] = first[i] + share * (second[i] - first[i]);
  return target;
}

interface AlongW extends AxisMap {
  /** Whether output column x is input column x of the block. */
  readonly straight: boolean;
}

function sliceMap(map: AxisMap, { from, to, origin }: { from: number; to: number; origin: number }): AlongW {
  const first = map.first.slice(from, to).map((x) => x - origin);
  const second = map.second.slice(from, to).map((x) => x - origin);
  const share = map.share.slice(from, to);
  return { first, second, share, straight: first.every((x, i) => x === i) && share.every((s) => s === 0) };
}

function stretchInto(target: Float32Array, line: Float32Array, { first, second, share }: AxisMap): Float32Array {
  for (let x = 0; x < target.length; x++) {
    const left = line[first[x]];
    target[x] = left + share[x] * (line[second[x]] - left);
  }
  return target;
}
