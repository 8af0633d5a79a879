import { byteLengthOf, elementCountOf, type InlineTensor, type Tensor } from "../graph.ts";
import type { TransposedAxis } from "./transposed-axes.ts";

/** Voxels of the result between two of the image: one phase each. */
export function phaseCountOf(axes: readonly TransposedAxis[]): number {
  return elementCountOf(axes.map(({ stride }) => stride));
}

/** Shape of the convolution's weights, [phases × outputs, inputs, taps along D, H, W]. */
export function phaseShapeOf({ shape: [inputs, outputs] }: Tensor, axes: readonly TransposedAxis[]): readonly number[] {
  return [phaseCountOf(axes) * outputs, inputs, ...axes.map(({ taps }) => taps)];
}

/**
 * The weights of a transposed convolution, sorted by the phase that they act on, flipped, gaps filled with zeros.
 *
 * Channels run over phases along W, then H, then D, then outputs, the last fastest.
 *
 * Shape:  [inputs, outputs, D, H, W] -> {@link phaseShapeOf}
 */
export function phaseWeights(weight: InlineTensor, axes: readonly TransposedAxis[]): InlineTensor {
  const { name, type } = weight;
  const [inputs, outputs, ...kernel] = weight.shape;
  const shape = phaseShapeOf(weight, axes);
  const elementBytes = byteLengthOf({ type, shape: [] });
  const bytes = new Uint8Array(byteLengthOf({ type, shape }));
  const sources = kernelPositions(axes, kernel);
  const kernelSize = elementCountOf(kernel);
  let target = 0;
  for (const positions of sources)
    for (let output = 0; output < outputs; output++)
      for (let input = 0; input < inputs; input++)
        for (const position of positions) {
          const source = ((input * outputs + output) * kernelSize + position) * elementBytes;
          if (position >= 0) bytes.set(weight.data.bytes.subarray(source, source + elementBytes), target);
          target += elementBytes;
        }
  return { name: `${name}.phases`, type, shape, data: { kind: "bytes", bytes } };
}

/** For each phase the place in the old kernel that each new tap comes from; negative where it comes from none. */
function kernelPositions(axes: readonly TransposedAxis[], kernel: readonly number[]): readonly (readonly number[])[] {
  const [alongD, alongH, alongW] = axes.map((axis, n) => tapSources(axis, kernel[n]));
  const [, height, width] = kernel;
  const position = (d: number, h: number, w: number) => (Math.min(d, h, w) < 0 ? -1 : (d * height + h) * width + w);
  return alongW.flatMap((ws) =>
    alongH.flatMap((hs) => alongD.map((ds) => ds.flatMap((d) => hs.flatMap((h) => ws.map((w) => position(d, h, w)))))),
  );
}

/** The same along one axis. */
function tapSources({ stride, dilation, taps }: TransposedAxis, width: number): readonly (readonly number[])[] {
  const source = (phase: number, tap: number) => {
    const place = (taps - 1 - tap) * stride + phase;
    return place % dilation === 0 && place / dilation < width ? place / dilation : -1;
  };
  return Array.from({ length: stride }, (_, phase) => Array.from({ length: taps }, (_, tap) => source(phase, tap)));
}

/** A bias once for each phase. */
export function phaseBias(
  { name, type, shape: [outputs], data: { bytes } }: InlineTensor,
  axes: readonly TransposedAxis[],
): InlineTensor {
  const phases = phaseCountOf(axes);
  const repeated = new Uint8Array(phases * bytes.length);
  for (let n = 0; n < phases; n++) repeated.set(bytes, n * bytes.length);
  return { name: `${name}.phases`, type, shape: [phases * outputs], data: { kind: "bytes", bytes: repeated } };
}
