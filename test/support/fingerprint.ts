import type { TrainingDataset } from "../../pipeline/train/dataset/training-dataset.ts";
import type { Fingerprint } from "../../pipeline/train/plan/fingerprint.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";

const classes = [
  { id: 1, name: "liver", colorRgb: [1, 2, 3] as const },
  { id: 4, name: "duct", colorRgb: [4, 5, 6] as const },
];

/** A data set of one channel with a common class, 1, and a rare one, 4; without its cases. */
export function datasetOf(modality: string): TrainingDataset {
  return { name: "test", path: "/test", channels: [{ name: modality, modality }], classes, training: [], testing: [] };
}

/** Equal cases of 900 voxels of background and 99 of class 1; the first also has one of class 4. */
export function fingerprintOf(shape: Triple, spacingMm: Triple, { count = 10, nonZeroBox = 1 } = {}): Fingerprint {
  const voxels = [
    [0, 900],
    [1, 99],
    [4, 1],
  ] as const;
  return {
    orientation: "SPL",
    cases: Array.from({ length: count }, (_, n) => ({
      id: `case ${n}`,
      imageHash: String(n),
      labelHash: String(n),
      shape,
      spacingMm,
      nonZeroBox,
      voxels: n === 0 ? voxels : voxels.slice(0, 2),
    })),
    intensities: [{ mean: 50, std: 20, percentile00_5: -100, percentile99_5: 200 }],
  };
}
