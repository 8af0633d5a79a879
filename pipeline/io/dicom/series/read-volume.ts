import { FormatError } from "../../../volume/errors.ts";
import { movedAffine } from "../../../volume/grid.ts";
import type { Scan, Warning } from "../../../volume/scan.ts";
import { type Volume, type VoxelArray, volumeOf, voxelCountOf } from "../../../volume/volume.ts";
import { checkedVoxels } from "../../checked-voxels.ts";
import type { FoundScan, ReadOptions } from "../../scan-format.ts";
import { faultOfSlices, warningsOf } from "./found-scans.ts";
import { groupSlices, type SliceGroup } from "./group-slices.ts";
import { originOf } from "./origin.ts";
import { scanFiles } from "./scan-files.ts";
import { sliceReader } from "./slice-reader.ts";
import { type Stack, stackOf, tiltProblem } from "./stack.ts";
import { type VoxelKind, voxelKindOf } from "./voxel-kind.ts";

/**
 * Reads a series or one volume of it, or some planes of that, slice by slice into their place.
 *
 * Shape:  [D, H, W] with D along the normal; colour gives three channels
 * Units:  LPS in mm; intensities after the rescale of each slice
 * Errors: FormatError D_…, S_…; GeometryError for a grid that cannot be
 */
export async function readVolume(found: FoundScan, options: ReadOptions): Promise<Omit<Scan, "inputs">> {
  const group = await groupOf(found, options);
  const where = found.files[0];
  const stack = stackOf(group.slices, { where, allowGap: options.allowGap ?? false });
  const tilt = tiltProblem(stack, where, options);
  if (tilt !== undefined) throw new FormatError(tilt);
  const Kind = voxelKindOf(group.slices);
  assertFits(stack, { where, limits: options.limits, Kind });
  const read = await readVoxels(planesOf(stack, found), { ...options, where, Kind });
  const [{ image }] = group.slices;
  // Only the listing saw the files that were left out.
  const copies = found.warnings.filter(({ code }) => code === "S_COPY");
  const isComplete = !stack.isTilted && stack.slices.every((slice) => slice !== undefined && slice.tile === undefined);
  const isFirst = (found.planes?.[0] ?? 0) === 0;
  const origin = isComplete && isFirst ? await originOf(stack, options) : undefined;
  return {
    format: "dicom",
    channels: read.channels as unknown as Scan["channels"],
    modality: image.modality,
    warnings: [...warningsOf(group), ...copies, ...stack.warnings, ...read.warnings],
    ...(origin === undefined ? {} : { dicom: origin }),
  };
}

/** What only the listing could see: it knew the whole series, of which a volume's own files are a part. */
const problemsOfSeries = new Set(["S_4D", "S_MIXED", "S_UID_CONFLICT"]);
const seenInListing = (code: string) => problemsOfSeries.has(code) || code.startsWith("D_");

/** The slices of the volume that was found. */
async function groupOf({ files, part = "", problem }: FoundScan, options: ReadOptions): Promise<SliceGroup> {
  if (problem !== undefined && seenInListing(problem.code)) throw new FormatError(problem);
  const { slices, refusals } = await scanFiles(files, options);
  for (const refusal of refusals) throw new FormatError(refusal.problem);
  const groups = groupSlices(slices);
  // Without its neighbours a volume needs fewer words to be told apart, never others.
  const words = part.split(", ");
  const group = groups.find((each) => each.part.split(", ").every((word) => word === "" || words.includes(word)));
  if (group === undefined) throw new Error(`no volume ${part} in ${files[0]}`);
  const fault = faultOfSlices(group);
  if (fault !== undefined) throw new FormatError(fault);
  return group;
}

/** Only those planes that are asked for. */
function planesOf(stack: Stack, { planes }: FoundScan): Stack {
  if (planes === undefined) return stack;
  const slices = stack.slices.slice(...planes);
  const [, height, width] = stack.shape;
  const indexToLps = movedAffine(stack.indexToLps, { offset: [planes[0], 0, 0] });
  return { ...stack, slices, shape: [slices.length, height, width], indexToLps };
}

interface VoxelOptions extends ReadOptions {
  readonly where: string;
  readonly Kind: VoxelKind;
}

/** By what the headers say, before memory is taken. */
function assertFits(
  { shape, slices }: Stack,
  { where, limits: { volumeBytes }, Kind }: Pick<VoxelOptions, "where" | "limits" | "Kind">,
): void {
  const bytes = voxelCountOf(shape) * channelsOf(slices) * Kind.BYTES_PER_ELEMENT;
  if (bytes <= volumeBytes) return;
  throw new FormatError({
    code: "D_TOO_BIG",
    where,
    expected: `a volume of at most ${volumeBytes} bytes`,
    got: String(bytes),
    next: "Raise the limit volumeBytes if you trust the files",
  });
}

function channelsOf(slices: Stack["slices"]): number {
  return slices.find((slice) => slice !== undefined)?.image.format.samplesPerPixel ?? 1;
}

interface ReadVoxels {
  readonly channels: readonly Volume[];
  readonly warnings: readonly Warning[];
}

async function readVoxels(stack: Stack, options: VoxelOptions): Promise<ReadVoxels> {
  const { where, nanTo, Kind } = options;
  const area = voxelCountOf([1, stack.shape[1], stack.shape[2]]);
  const count = channelsOf(stack.slices);
  const channels = Array.from({ length: count }, () => new Kind(voxelCountOf(stack.shape)));
  const present = stack.slices.filter((slice) => slice !== undefined);
  let hasOverlayBits = false;
  const onOverlayBits = () => {
    hasOverlayBits = true;
  };
  const samplesOf = sliceReader(present, { ...options, onOverlayBits });
  for (const [d, slice] of stack.slices.entries()) {
    if (slice === undefined) continue;
    const samples = await samplesOf(slice);
    const { slope, intercept } = slice.rescale;
    for (const [c, channel] of channels.entries())
      rescaleInto(channel, samples, { at: d * area, area, channel: c, channels: count, slope, intercept });
  }
  const checked = channels.map((data) => checkedVoxels(data, { prefix: "D", where, nanTo }));
  for (const { data } of checked) leaveEmpty(data, { stack, area });
  return {
    channels: checked.map(({ data }) => volumeOf(data, stack, where)),
    warnings: [...checked.flatMap(({ warnings }) => warnings), ...(hasOverlayBits ? [overlayWarning(where)] : [])],
  };
}

interface RescaleOptions {
  readonly at: number;
  readonly area: number;
  readonly channel: number;
  readonly channels: number;
  readonly slope: number;
  readonly intercept: number;
}

function rescaleInto(
  output: VoxelArray,
  samples: ArrayLike<number>,
  { at, area, channel, channels, slope, intercept }: RescaleOptions,
): void {
  if (channels === 1 && slope === 1 && intercept === 0) output.set(samples, at);
  else if (channels === 1 && slope === 1) for (let i = 0; i < area; i++) output[at + i] = samples[i] + intercept;
  else for (let i = 0; i < area; i++) output[at + i] = samples[i * channels + channel] * slope + intercept;
}

/** Planes that are missing get the smallest value of those that are there. */
function leaveEmpty(data: VoxelArray, { stack, area }: { readonly stack: Stack; readonly area: number }): void {
  const missing = stack.slices.flatMap((slice, d) => (slice === undefined ? [d] : []));
  if (missing.length === 0) return;
  let least = Infinity;
  for (const [d, slice] of stack.slices.entries())
    if (slice !== undefined) for (let i = d * area; i < (d + 1) * area; i++) least = Math.min(least, data[i]);
  for (const d of missing) data.fill(least, d * area, (d + 1) * area);
}

function overlayWarning(where: string): Warning {
  return { code: "D_OVERLAY_BITS", where, text: "bits above those stored, such as an overlay, were cut off" };
}
