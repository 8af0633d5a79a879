import { keepLargest } from "../kernels/components.ts";
import { fillHoles } from "../kernels/fill-holes.ts";
import { percentilesOf } from "../kernels/percentiles.ts";
import { type Volume, type VoxelArray, volumeOf } from "../volume/volume.ts";

/** A mask of the body, and the intensity above which voxels were taken for it. */
export interface BodyMask {
  readonly mask: Uint8Array;
  readonly above: number;
}

/** Intensities below this occur in no image but CT. Units: HU */
const CT_ONLY = -200;

/** Between air and fat, of which everything in and on a patient is denser. Units: HU */
const CT_BODY = -500;

/** What the rule is, for people. */
export const bodyRule =
  "voxels brighter than a threshold (-500 HU where an image has values below -200, else Otsu's), the largest connected region of them, holes filled";

/**
 * The voxels of the patient: brighter than the threshold, the largest connected region of them, holes filled.
 *
 * Units:  intensities as stored; CT is told by values below -200
 * Empty:  an image of one intensity gives the whole field
 */
export function bodyMaskOf(image: Volume, above = bodyThresholdOf(image.data)): BodyMask {
  const bright = new Uint8Array(image.data.length);
  for (let i = 0; i < bright.length; i++) bright[i] = image.data[i] > above ? 1 : 0;
  if (!bright.includes(1)) return { mask: bright.fill(1), above };
  return { mask: fillHoles(keepLargest(volumeOf(bright, image), { connectivity: 6 })).data, above };
}

function bodyThresholdOf(values: VoxelArray): number {
  const [least, low, high] = percentilesOf(values, [0, 0.5, 99.5]);
  return least < CT_ONLY ? CT_BODY : otsuThreshold(values, [low, high]);
}

const BINS = 256;

/**
 * The intensity that parts values into two groups with the largest variance between them.
 *
 * Empty:  equal values give that value
 * Source: Otsu 1979, doi:10.1109/TSMC.1979.4310076, on 256 bins; values beyond the range are in the outer ones
 */
export function otsuThreshold(values: VoxelArray, [low, high]: readonly [number, number]): number {
  if (!(high > low)) return low;
  const counts = new Float64Array(BINS);
  const scale = BINS / (high - low);
  for (let i = 0; i < values.length; i++)
    counts[Math.min(BINS - 1, Math.max(0, Math.floor((values[i] - low) * scale)))]++;
  const total = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [best, edge, below, sumBelow] = [-1, 0, 0, 0];
  for (let bin = 0; bin < BINS - 1; bin++) {
    below += counts[bin];
    sumBelow += counts[bin] * bin;
    const beyond = values.length - below;
    const variance = below * beyond * (sumBelow / below - (total - sumBelow) / beyond) ** 2;
    if (variance > best) [best, edge] = [variance, bin + 1];
  }
  return low + edge / scale;
}
