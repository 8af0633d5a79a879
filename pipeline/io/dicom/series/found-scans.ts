import { dirname } from "node:path";
import { spacingMmOf } from "../../../volume/affine.ts";
import { FormatError, GeometryError, type Problem } from "../../../volume/errors.ts";
import { orientationOf } from "../../../volume/orientation.ts";
import type { Warning } from "../../../volume/scan.ts";
import type { FoundScan, ReadOptions, ScanSummary } from "../../scan-format.ts";
import { groupSlices, type SliceGroup } from "./group-slices.ts";
import type { ScannedFiles } from "./scan-files.ts";
import { type Stack, stackOf, tiltProblem } from "./stack.ts";

/** Share of a series that one geometry needs to stand for it, where the user allows that. */
const DOMINANT_SHARE = 0.9;

/** Compressed pixels whose decoding takes longer than another process needs to start. */
const PIXELS_PER_SLAB = 2 ** 21;

/** The volumes in scanned files, each with its geometry or with what is wrong with it. */
export function foundScansOf(scanned: ScannedFiles, options: ReadOptions): readonly FoundScan[] {
  return groupSlices(scanned.slices).map((group, _, groups) => foundScanOf(group, { groups, scanned, options }));
}

interface Context {
  readonly groups: readonly SliceGroup[];
  readonly scanned: ScannedFiles;
  readonly options: ReadOptions;
}

function foundScanOf(group: SliceGroup, { groups, scanned, options }: Context): FoundScan {
  const { slices, seriesUid, part } = group;
  const [{ file }] = slices;
  const files = [...new Set(slices.map((slice) => slice.file))];
  const id = seriesUid !== "" ? seriesUid : files.length > 1 ? dirname(file) : file;
  const stack = stackOrProblem(group, options);
  const problem =
    scanned.brokenSeries.get(seriesUid) ??
    faultOfSlices(group) ??
    choiceProblem(group, { groups, options }) ??
    ("problem" in stack ? stack.problem : tiltProblem(stack, file, options));
  return {
    format: "dicom",
    id: part === "" ? id : `${id}#${part}`,
    files,
    ...(part === "" ? {} : { part }),
    ...("slices" in stack ? sharingOf(stack) : {}),
    summary: summaryOf(group, "slices" in stack ? stack : undefined),
    ...(problem === undefined ? {} : { problem }),
    warnings: [
      ...warningsOf(group),
      ...(scanned.copies.get(seriesUid) ?? []),
      ...("slices" in stack ? stack.warnings : []),
    ],
  };
}

/** A stack may be read in slabs where its slices are compressed and all there. */
function sharingOf({ slices, shape: [depth, height, width] }: Stack): Pick<FoundScan, "slabs"> {
  const isCompressed = slices.every((slice) => slice?.image.isCompressed && slice.tile === undefined);
  const slabs = Math.floor((depth * height * width) / PIXELS_PER_SLAB);
  return isCompressed && slabs > 1 ? { slabs } : {};
}

function stackOrProblem(
  { slices }: SliceGroup,
  { allowGap = false }: ReadOptions,
): Stack | { readonly problem: Problem } {
  try {
    return stackOf(slices, { where: slices[0].file, allowGap });
  } catch (error) {
    if (error instanceof FormatError || error instanceof GeometryError) return { problem: error.problem };
    throw error;
  }
}

/** What is wrong with slices, whatever their geometry. */
export function faultOfSlices({ slices }: SliceGroup): Problem | undefined {
  const where = slices[0].file;
  if (slices.some(({ image, tile }) => image.isMosaic && tile === undefined))
    return {
      code: "S_MOSAIC",
      where,
      expected: "one slice in each image, or a mosaic that says how it is laid out",
      got: "a mosaic without its private header",
      next: "Unpack it first, for example with dcm2niix",
    };
  const frames = new Set(slices.map(({ image }) => image.frameOfReferenceUid));
  if (frames.size === 1) return undefined;
  const next = "They come from different positions of the patient; separate them first";
  return { code: "S_FOR", where, expected: "one frame of reference", got: String(frames.size), next };
}

/** Why a volume is not simply taken out of its series. */
function choiceProblem(
  group: SliceGroup,
  { groups, options }: { readonly groups: readonly SliceGroup[]; readonly options: ReadOptions },
): Problem | undefined {
  const { slices, kind, share, seriesUid } = group;
  const where = slices[0].file;
  if (kind === "mixed" && !(options.allowMixed === true && share >= DOMINANT_SHARE))
    return {
      code: "S_MIXED",
      where,
      expected: "one orientation, size and spacing in a series",
      got: `several; this one has ${Math.round(100 * share)} % of the slices`,
      next: `Separate them first; --allow-mixed takes the one that has at least ${100 * DOMINANT_SHARE} %`,
    };
  if (kind !== "time") return undefined;
  const points = groups.filter((other) => other.kind === "time" && other.seriesUid === seriesUid);
  if (points.indexOf(group) === options.volumeIndex) return undefined;
  const next = "Choose one with --volume, counted from 0";
  return { code: "S_4D", where, expected: "one volume", got: `${points.length} points in time`, next };
}

function summaryOf({ slices, part }: SliceGroup, stack: Stack | undefined): ScanSummary {
  const [{ image }] = slices;
  const { bitsAllocated, signed, kind, samplesPerPixel } = image.format;
  const integer = `${signed ? "int" : "uint"}${bitsAllocated}`;
  const words = [image.seriesDescription, part].filter((text) => text !== undefined && text !== "").join(", ");
  const description = words.replace(/\s+/g, " "); // line ends would break a listing's lines
  return {
    shape: stack?.shape ?? [slices.length, image.rows, image.columns],
    spacingMm: stack && spacingMmOf(stack.indexToLps),
    orientation: stack && orientationOf(stack.indexToLps),
    modality: image.modality,
    voxelType: `${kind === "integer" ? integer : kind}${samplesPerPixel === 3 ? " RGB" : ""}`,
    description: description === "" ? undefined : description,
    encoding: image.encoding,
  };
}

/** What is odd about the files of a group, each thing once. */
export function warningsOf({ slices, seriesUid }: SliceGroup): readonly Warning[] {
  const first = new Map<string, Warning>();
  for (const { image } of slices)
    for (const warning of image.warnings) if (!first.has(warning.code)) first.set(warning.code, warning);
  const where = slices[0].file;
  const text = "the series UID is empty; files of one folder and frame of reference were taken as a series";
  const nameless = seriesUid === "" && slices.length > 1 ? [{ code: "D_UID", where, text }] : [];
  return [...first.values(), ...nameless];
}
