import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { type Random, randomFrom } from "../../pipeline/volume/random.ts";
import { niftiFile } from "./nifti-file.ts";

/** Voxels of one made-up case, [D, H, W] with W fastest. */
export interface TinyCase {
  readonly shape: Triple;
  readonly image: Float32Array;
  readonly labels: Uint8Array;
}

/** A noisy block with a large bright box (class 1) and a small brighter one (class 2) in it. */
export function tinyCase(seed: string, shape: Triple = [13, 18, 15]): TinyCase {
  const random = randomFrom(`tiny case ${seed}`);
  const labels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  fillBox(labels, { shape, random, size: [5, 8, 6], id: 1 });
  fillBox(labels, { shape, random, size: [3, 3, 3], id: 2 });
  const image = Float32Array.from(labels, (id) => 100 + 120 * id + 20 * random.normal());
  return { shape, image, labels };
}

function fillBox(
  labels: Uint8Array,
  { shape, random, size, id }: { shape: Triple; random: Random; size: Triple; id: number },
): void {
  const start = shape.map((side, axis) => random.integer(1, side - size[axis]));
  for (let d = start[0]; d < start[0] + size[0]; d++)
    for (let h = start[1]; h < start[1] + size[1]; h++)
      for (let w = start[2]; w < start[2] + size[2]; w++) labels[(d * shape[1] + h) * shape[2] + w] = id;
}

/** The bytes of a NIfTI file of 1 mm voxels. */
export function niftiOf({ shape: [depth, height, width] }: TinyCase, voxels: Float32Array | Uint8Array): Buffer {
  const isFloat = voxels instanceof Float32Array;
  const fields = {
    dim: [3, width, height, depth, 1, 1, 1, 1],
    pixdim: [1, 1, 1, 1, 0, 0, 0, 0],
    datatype: isFloat ? 16 : 2,
    bitpix: isFloat ? 32 : 8,
    sform: [-1, 0, 0, 40, 0, -1, 0, 40, 0, 0, 1, -40],
  };
  return niftiFile(fields, new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength));
}

/** Writes a data set in the Medical Segmentation Decathlon's layout. */
export function writeTinyDataset(folder: string, { cases = 6 }: { readonly cases?: number } = {}): void {
  for (const name of ["imagesTr", "labelsTr"]) mkdirSync(join(folder, name), { recursive: true });
  const training = Array.from({ length: cases }, (_, n) => {
    const made = tinyCase(String(n), [13 + (n % 3), 18, 15]);
    const [image, label] = ["imagesTr", "labelsTr"].map((name) => `./${name}/case_${n}.nii.gz`);
    writeFileSync(join(folder, image), gzipSync(niftiOf(made, made.image)));
    writeFileSync(join(folder, label), gzipSync(niftiOf(made, made.labels)));
    return { image, label };
  });
  const list = {
    name: "Boxes",
    licence: "CC0-1.0",
    modality: { 0: "MRI" },
    labels: { 0: "background", 1: "large", 2: "small" },
    training,
    test: [],
  };
  writeFileSync(join(folder, "dataset.json"), JSON.stringify(list));
}
