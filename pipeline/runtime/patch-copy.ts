import type { Triple } from "../volume/affine.ts";

/** Whether each axis is mirrored, [D, H, W]. */
export type Mirror = readonly [boolean, boolean, boolean];

/** Where a patch lies in the image, and how it is turned over before the network sees it. */
export interface PatchView {
  readonly start: Triple;
  readonly mirror: Mirror;
}

/**
 * Fills `buffer` from `offset` on with one patch of a multi-channel image, 0 outside the image.
 *
 * Shape:  image [C, D, H, W] -> buffer [C, patch D, patch H, patch W]
 */
export function copyPatchInto(
  buffer: Float32Array,
  {
    offset,
    image,
    channels,
    shape,
    patch,
    view,
  }: {
    readonly offset: number;
    readonly image: Float32Array;
    readonly channels: number;
    readonly shape: Triple;
    readonly patch: Triple;
    readonly view: PatchView;
  },
): void {
  const [depth, height, width] = shape;
  const [patchD, patchH, patchW] = patch;
  const [startD, startH, startW] = view.start;
  const [mirrorD, mirrorH, mirrorW] = view.mirror;
  const from = Math.max(0, startW);
  const to = Math.min(width, startW + patchW);
  buffer.fill(0, offset, offset + channels * patchD * patchH * patchW);
  for (let c = 0; c < channels; c++)
    for (let d = 0; d < patchD; d++) {
      const z = startD + (mirrorD ? patchD - 1 - d : d);
      if (z < 0 || z >= depth) continue;
      for (let h = 0; h < patchH; h++) {
        const y = startH + (mirrorH ? patchH - 1 - h : h);
        if (y < 0 || y >= height) continue;
        const source = ((c * depth + z) * height + y) * width;
        const target = offset + ((c * patchD + d) * patchH + h) * patchW;
        buffer.set(image.subarray(source + from, source + to), target + from - startW);
        if (mirrorW) buffer.subarray(target, target + patchW).reverse();
      }
    }
}
