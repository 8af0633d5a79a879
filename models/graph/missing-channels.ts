/**
 * Channels of zeros that a convolution of images or rows needs before WebGPU computes it rightly; 0 where it does so anyway.
 *
 * ONNX Runtime 1.30 reads three channels at a time where 3 divides them and 4 does not, and gives wrong sums for more than 3.
 *
 * Source: https://github.com/microsoft/onnxruntime/issues/29651
 */
export function missingChannels({
  channels,
  groups,
  rank,
}: {
  readonly channels: number;
  readonly groups: number;
  /** Of the image: 4 for [N, C, H, W]. */
  readonly rank: number;
}): number {
  const isWrong = rank <= 4 && groups === 1 && channels > 3 && channels % 3 === 0 && channels % 4 !== 0;
  return isWrong ? 4 - (channels % 4) : 0;
}
