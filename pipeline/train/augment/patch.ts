import type { Triple } from "../../volume/affine.ts";
import type { Box } from "../../volume/box.ts";
import type { LabelArray } from "../../volume/volume.ts";

/** A patch on its way to the network; transforms change its values where they lie. */
export interface Patch {
  /** [C, D, H, W] */
  readonly image: Float32Array;
  /** [D, H, W] */
  readonly labels: Float32Array;
  /** [D, H, W] */
  readonly shape: Triple;
}

/** The part of a case that a patch is made of. */
export interface Block {
  readonly box: Box;
  /** [C, D, H, W] */
  readonly image: Float32Array;
  /** [D, H, W] */
  readonly labels: LabelArray;
}

/** Each channel's voxels, [D, H, W], on the patch's own memory. */
export function channelsOf({ image, labels }: Patch): readonly Float32Array[] {
  return equalParts(image, image.length / labels.length);
}

/** The patches of a batch, image [N, C, D, H, W] and labels [N, D, H, W], on the batch's own memory. */
export function patchesOf({ image, labels, shape }: Patch): readonly Patch[] {
  const [d, h, w] = shape;
  const count = labels.length / (d * h * w);
  const labelParts = equalParts(labels, count);
  return equalParts(image, count).map((part, n) => ({ image: part, labels: labelParts[n], shape }));
}

function equalParts(values: Float32Array, count: number): readonly Float32Array[] {
  const length = values.length / count;
  return Array.from({ length: count }, (_, n) => values.subarray(n * length, (n + 1) * length));
}
