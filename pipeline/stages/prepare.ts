import type { BundleManifest, Normalisation } from "../bundle/manifest-schema.ts";
import { type IntensityMap, unchangedIntensity } from "../kernels/intensity.ts";
import { percentilesOf } from "../kernels/percentiles.ts";
import { reorient } from "../kernels/reorient.ts";
import { momentsOf } from "../kernels/statistics.ts";
import { FormatError } from "../volume/errors.ts";
import type { Scan, Warning } from "../volume/scan.ts";
import type { Grid, Volume, VoxelArray } from "../volume/volume.ts";

/** A scan as the networks of a bundle want to see it, still at its own spacing. */
export interface PreparedScan {
  /** Axes turned to the bundle's orientation; intensities as stored. */
  readonly channels: readonly [Volume, ...Volume[]];
  /** How each channel's intensities become the networks', from the whole scan's statistics. */
  readonly intensities: readonly IntensityMap[];
  readonly grid: Grid;
  readonly warnings: readonly Warning[];
}

/** Choices about what counts as a fitting scan. */
export interface PrepareOptions {
  readonly manifest: BundleManifest;
  /** Take a scan of another modality than the bundle names. */
  readonly anyModality?: boolean;
}

/**
 * Checks that a scan fits a bundle, turns its axes and finds its normalisation; no voxel is changed or resampled.
 *
 * Errors: FormatError M_MODALITY for another modality, S_NOT_PRIMARY for a captured picture where CT numbers are needed,
 *         M_CHANNELS for another number of channels, S_TOO_FEW for one slice where a network looks at more
 */
export async function prepare(scan: Scan, { manifest, anyModality = false }: PrepareOptions): Promise<PreparedScan> {
  const where = scan.inputs[0]?.path ?? "scan";
  if (!anyModality) {
    assertModality(scan, manifest, where);
    assertMeasured(scan, manifest, where);
  }
  assertChannels(scan, manifest, where);
  assertDepth(scan, manifest, where);
  const turn = (volume: Volume) =>
    manifest.orientation === "as-stored" ? volume : reorient<VoxelArray>(volume, manifest.orientation);
  const [first, ...others] = scan.channels.map(turn);
  const channels: readonly [Volume, ...Volume[]] = [first, ...others];
  const intensities = channels.map(({ data }, c) => intensityMapOf(data, manifest.input.channels[c].normalisation));
  const constant = channels.flatMap(({ data }, c) => (isConstant(data) ? [constantWarning(where, c)] : []));
  return { channels, intensities, grid: first, warnings: constant };
}

/**
 * How a scheme maps the intensities of one channel. A spread of 0 divides by 1, so that a constant image becomes 0.
 *
 * Empty:  no voxel to take statistics over leaves the values as they are
 * Source: nnU-Net v2, nnunetv2/preprocessing/normalization (z-score, CT window)
 */
export function intensityMapOf(values: VoxelArray, scheme: Normalisation): IntensityMap {
  if (scheme.kind === "none") return unchangedIntensity;
  if (scheme.kind === "window")
    return { lower: scheme.lower, upper: scheme.upper, subtract: scheme.mean, divide: scheme.std };
  const counted = scheme.over === "non-zero" ? values.filter((value) => value !== 0) : values;
  if (counted.length === 0) return unchangedIntensity;
  if (scheme.kind === "percentile") {
    const [lower, upper] = percentilesOf(counted, [scheme.lower, scheme.upper]);
    return { lower, upper, subtract: lower, divide: upper - lower || 1 };
  }
  const { mean, std, min, max } = momentsOf(counted);
  if (scheme.kind === "min-max") return { ...unchangedIntensity, subtract: min, divide: max - min || 1 };
  return { ...unchangedIntensity, subtract: mean, divide: std || 1 };
}

function assertModality({ modality }: Scan, { name, modalities }: BundleManifest, where: string): void {
  if (modality === undefined || modalities.includes(modality)) return;
  throw new FormatError({
    code: "M_MODALITY",
    where,
    expected: `modality ${modalities.join(" or ")} for bundle ${name}`,
    got: modality,
    next: "Choose a bundle for this modality, or pass --any-modality",
  });
}

/** A capture has lost the Hounsfield scale that CT networks rely on. */
function assertMeasured({ warnings }: Scan, { name, modalities }: BundleManifest, where: string): void {
  const needsHounsfield = modalities.every((modality) => modality === "CT");
  if (!needsHounsfield || !warnings.some(({ code }) => code === "S_NOT_PRIMARY")) return;
  throw new FormatError({
    code: "S_NOT_PRIMARY",
    where,
    expected: `an original CT image for bundle ${name}`,
    got: "a secondary capture",
    next: "Give the scanner's own series, or pass --any-modality if its values are Hounsfield units",
  });
}

function assertDepth({ channels }: Scan, { name, networks }: BundleManifest, where: string): void {
  const depthOf = ({ patch }: BundleManifest["networks"][number]) =>
    patch.kind === "fixed" ? patch.size[0] : patch.largest[0];
  const isFlat = channels.some(({ shape }) => shape[0] === 1);
  if (!isFlat || networks.every((network) => depthOf(network) === 1)) return;
  throw new FormatError({
    code: "S_TOO_FEW",
    where,
    expected: `a volume of several slices for the 3-D networks of bundle ${name}`,
    got: "one slice",
    next: "Give the whole series; a localiser or a single picture is not enough",
  });
}

function assertChannels({ channels }: Scan, { name, input }: BundleManifest, where: string): void {
  if (channels.length === input.channels.length) return;
  throw new FormatError({
    code: "M_CHANNELS",
    where,
    expected: `${input.channels.length} channels (${input.channels.map((each) => each.name).join(", ")}) for bundle ${name}`,
    got: `${channels.length}`,
    next: "Give the images that the bundle was made for",
  });
}

function isConstant(values: VoxelArray): boolean {
  return values.every((value) => value === values[0]);
}

function constantWarning(where: string, channel: number): Warning {
  const text = `every voxel of channel ${channel} has the same value; nothing can be found`;
  return { code: "N_CONSTANT", where, text };
}
