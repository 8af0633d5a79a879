import type { Triple } from "../../volume/affine.ts";
import type { CaseFingerprint } from "./case-fingerprint.ts";

/** From this ratio to the other axes on, an axis is thick-sliced. Source: nnU-Net v2, ANISO_THRESHOLD */
const ANISOTROPY = 3;

/**
 * The spacing that all cases are brought to: the median, but the 10th percentile along the axis of thick slices, so that
 * cases with thin ones keep what they have.
 *
 * Source: nnU-Net v2, determine_fullres_target_spacing
 */
export function targetSpacing(cases: readonly Pick<CaseFingerprint, "shape" | "spacingMm">[]): Triple {
  const along = (axis: number) => cases.map(({ spacingMm }) => spacingMm[axis]);
  const target = [0, 1, 2].map((axis) => medianOf(along(axis)));
  const shape = [0, 1, 2].map((axis) => medianOf(cases.map((each) => each.shape[axis])));
  const worst = target.indexOf(Math.max(...target));
  const others = [0, 1, 2].filter((axis) => axis !== worst);
  const isThick =
    target[worst] > ANISOTROPY * Math.max(...others.map((axis) => target[axis])) &&
    ANISOTROPY * shape[worst] < Math.min(...others.map((axis) => shape[axis]));
  if (isThick) {
    const finest = quantileOf(along(worst), 0.1);
    target[worst] = Math.max(finest, Math.max(...others.map((axis) => target[axis])) + 1e-5);
  }
  return [target[0], target[1], target[2]];
}

/** The middle value, or the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}

/** Linear between the two nearest values, as numpy has it. */
function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((first, second) => first - second);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place - Math.floor(place));
}
