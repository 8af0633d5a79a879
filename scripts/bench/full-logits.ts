import type { RunPatches } from "../../pipeline/runtime/sliding-window.ts";
import { importanceAlong, planTiles } from "../../pipeline/runtime/tile-plan.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { voxelCountOf } from "../../pipeline/volume/volume.ts";

/**
 * The straightforward sliding window, as nnU-Net and MONAI have it: the scores of all classes for all voxels, and the
 * weights, are kept until the end. For volumes of at least one patch.
 *
 * Shape:  image [D, H, W] -> labels [D, H, W]
 */
export async function fullLogitsLabels(
  image: Float32Array,
  {
    shape,
    patch,
    classes,
    overlap,
    run,
  }: {
    readonly shape: Triple;
    readonly patch: Triple;
    readonly classes: number;
    readonly overlap: number;
    readonly run: RunPatches;
  },
): Promise<Uint8Array> {
  const voxels = voxelCountOf(shape);
  const patchVoxels = voxelCountOf(patch);
  const { starts } = planTiles(shape, { rule: { kind: "fixed", size: patch }, overlap });
  const importance = importanceOf(patch);
  const logits = new Float32Array(classes * voxels);
  const weights = new Float32Array(voxels);
  const input = new Float32Array(patchVoxels);
  for (const d of starts[0])
    for (const h of starts[1])
      for (const w of starts[2]) {
        const lines = [...linesOf({ shape, patch, start: [d, h, w] })];
        for (const { inVolume, inPatch } of lines) input.set(image.subarray(inVolume, inVolume + patch[2]), inPatch);
        const scores = await run(input, { count: 1, patch });
        for (const { inVolume, inPatch } of lines) {
          for (let x = 0; x < patch[2]; x++) weights[inVolume + x] += importance[inPatch + x];
          for (let c = 0; c < classes; c++) {
            const [to, from] = [c * voxels + inVolume, c * patchVoxels + inPatch];
            for (let x = 0; x < patch[2]; x++) logits[to + x] += scores[from + x] * importance[inPatch + x];
          }
        }
      }
  return greatest(logits, weights);
}

interface Place {
  readonly shape: Triple;
  readonly patch: Triple;
  readonly start: Triple;
}

/** First voxel of each line of a patch, in the volume and in the patch. */
function* linesOf({ shape: [, height, width], patch, start }: Place) {
  for (let d = 0; d < patch[0]; d++)
    for (let h = 0; h < patch[1]; h++)
      yield {
        inVolume: ((start[0] + d) * height + start[1] + h) * width + start[2],
        inPatch: (d * patch[1] + h) * patch[2],
      };
}

function importanceOf(patch: Triple): Float32Array {
  const [alongD, alongH, alongW] = patch.map(importanceAlong);
  const importance = new Float32Array(voxelCountOf(patch));
  let i = 0;
  for (const d of alongD) for (const h of alongH) for (const w of alongW) importance[i++] = d * h * w;
  return importance;
}

function greatest(logits: Float32Array, weights: Float32Array): Uint8Array {
  const voxels = weights.length;
  const labels = new Uint8Array(voxels);
  const best = new Float32Array(voxels).fill(-Infinity);
  for (let c = 0, from = 0; from < logits.length; c++, from += voxels)
    for (let i = 0; i < voxels; i++) {
      const score = logits[from + i] / weights[i];
      if (score <= best[i]) continue;
      best[i] = score;
      labels[i] = c;
    }
  return labels;
}
