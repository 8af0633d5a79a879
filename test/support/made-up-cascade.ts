import { completeCascade, type PartialCascadeConfig } from "../../pipeline/train/cascade/cascade-config.ts";
import { type CascadeInputs, type PlannedCascade, planCascade } from "../../pipeline/train/cascade/plan-cascade.ts";
import type { CaseFingerprint } from "../../pipeline/train/plan/case-fingerprint.ts";

/** Facts of six cases of 20 x 60 x 50 voxels of 6, 2 and 1.5 mm: a liver of 5,000 voxels, in every other an appendix of 50. */
const cases = Array.from({ length: 6 }, (_, n): CaseFingerprint => {
  const appendix = n % 2 === 0 ? ([[2, 50]] as const) : [];
  return {
    id: `case_${n}`,
    imageHash: `image ${n}`,
    labelHash: `labels ${n}`,
    shape: [20, 60, 50],
    spacingMm: [6, 2, 1.5],
    voxels: [[0, 54_950], [1, 5000], ...appendix],
    nonZeroBox: 1,
  };
});

/** What a cascade over two classes is planned from; no case is on disk. */
export function cascadeInputs(config: PartialCascadeConfig = {}, changes: Partial<CascadeInputs> = {}): CascadeInputs {
  const training = cases.map(({ id }) => ({ id, images: [`/data/${id}.nii.gz`] }));
  return {
    dataset: {
      name: "abdomens",
      path: "/data",
      channels: [{ name: "T2", modality: "MR" }],
      classes: [
        { id: 1, name: "Liver (right)", colorRgb: [200, 40, 40] },
        { id: 2, name: "appendix", colorRgb: [40, 200, 40] },
      ],
      training,
      testing: [],
    },
    fingerprint: {
      orientation: "PSL",
      cases,
      intensities: [{ mean: 100, std: 20, percentile00_5: 0, percentile99_5: 300 }],
    },
    config: completeCascade(config),
    split: { training: training.slice(1).map(({ id }) => id), validation: ["case_0"] },
    ...changes,
  };
}

/** The same, planned. */
export function plannedCascade(
  config: PartialCascadeConfig = {},
  changes: Partial<CascadeInputs> = {},
): PlannedCascade {
  return planCascade(cascadeInputs(config, changes));
}
