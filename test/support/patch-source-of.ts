import type { PatchSource } from "../../pipeline/train/sampling/patch-source.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";

/** A case in memory, with every voxel of each class listed. */
export function patchSourceOf(
  shape: Triple,
  labelAt: (index: Triple) => number,
  valueAt: (index: Triple) => number,
): PatchSource {
  const indices = indicesIn(shape);
  const labels = Uint8Array.from(indices, labelAt);
  const image = Float32Array.from(indices, valueAt);
  const ids = [...new Set(labels)].filter((id) => id > 0);
  const voxelsByClass = new Map(
    ids.map((id) => [id, Uint32Array.from(indices.keys()).filter((i) => labels[i] === id)]),
  );
  const readBlock = (start: Triple, size: Triple) => {
    const flat = indicesIn(size).map(
      ([d, h, w]) => ((start[0] + d) * shape[1] + start[1] + h) * shape[2] + start[2] + w,
    );
    return { image: Float32Array.from(flat, (i) => image[i]), labels: Uint8Array.from(flat, (i) => labels[i]) };
  };
  return { shape, voxelsByClass, readBlock, close: () => undefined };
}

/** Every index [d, h, w] of a shape in scanning order. */
export function indicesIn([depth, height, width]: Triple): readonly Triple[] {
  return Array.from(
    { length: depth * height * width },
    (_, i): Triple => [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width],
  );
}
