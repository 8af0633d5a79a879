import { FormatError } from "../../volume/errors.ts";
import type { Scan, Warning } from "../../volume/scan.ts";
import { volumeOf } from "../../volume/volume.ts";
import { type ByteSource, type Leftovers, MOST_INFLATION } from "../byte-source.ts";
import { type RegularFile, withRegularFile } from "../regular-file.ts";
import type { ReadOptions } from "../scan-format.ts";
import { type ReadVoxels, readStoredVoxels, shortDataError } from "../stored-voxels.ts";
import { FIRST_OFFSET, HEADER_BYTES } from "./header.ts";
import { extensionWarnings } from "./header-extensions.ts";
import { type OpenNifti, withNifti, withNiftiBytes } from "./open-nifti.ts";
import { placeOf } from "./orientation.ts";
import { voxelHalfOf } from "./pair.ts";
import { type VoxelPlan, voxelPlanOf } from "./voxel-plan.ts";

/**
 * Reads NIfTI-1 and NIfTI-2: `.nii`, `.nii.gz`, and `.hdr` with `.img`.
 *
 * Shape:  [i, j, k] of the file -> [D, H, W] = [k, j, i]
 * Units:  RAS in the file's units -> LPS in mm
 * Errors: FormatError, codes `N_…` and `F_…`
 */
export function readNifti(path: string, options: ReadOptions): Promise<Omit<Scan, "inputs">> {
  return withNifti(path, options, async (nifti) => {
    const plan = voxelPlanOf(nifti.header, { ...options, where: path });
    const place = placeOf(nifti.header, { ...options, where: path, shape: plan.shape });
    const voxels = await (nifti.header.storage === "single" ? readBehindHeader : readFromPair)(nifti, plan, options);
    const volume = volumeOf(voxels.data, { shape: plan.shape, indexToLps: place.indexToLps }, path);
    return {
      format: "nifti",
      channels: [volume],
      modality: undefined,
      warnings: [...nifti.warnings, ...plan.warnings, ...place.warnings, ...voxels.warnings],
      ...(place.origin === undefined ? {} : { nifti: place.origin }),
    };
  });
}

async function readBehindHeader(
  { file, source, header, isGzip }: OpenNifti,
  plan: VoxelPlan,
  options: ReadOptions,
): Promise<ReadVoxels> {
  const { limits } = options;
  assertOffset(plan, { file, isGzip, firstOffset: FIRST_OFFSET[header.version], mostBytes: limits.elementBytes });
  assertPlausible(plan, { file, isGzip, volumeBytes: limits.volumeBytes });
  const between = new Uint8Array(plan.offset - HEADER_BYTES[header.version]);
  const found = await source.read(between);
  if (found < between.length) throw offsetError(plan, file.path);
  const warnings = extensionWarnings(between, header, file.path);
  const voxels = await readPlanned(source, plan, { ...options, file, littleEndian: header.littleEndian });
  return { ...voxels, warnings: [...warnings, ...voxels.warnings] };
}

async function readFromPair({ file, header }: OpenNifti, plan: VoxelPlan, options: ReadOptions): Promise<ReadVoxels> {
  const { limits } = options;
  return withRegularFile(await voxelHalfOf(file.path), limits, (voxelFile) =>
    withNiftiBytes(voxelFile, async (source, isGzip) => {
      assertOffset(plan, { file: voxelFile, isGzip, firstOffset: 0, mostBytes: limits.elementBytes });
      assertPlausible(plan, { file: voxelFile, isGzip, volumeBytes: limits.volumeBytes });
      if ((await source.skip(plan.offset)) < plan.offset) throw offsetError(plan, voxelFile.path);
      return readPlanned(source, plan, { ...options, file: voxelFile, littleEndian: header.littleEndian });
    }),
  );
}

async function readPlanned(
  source: ByteSource,
  plan: VoxelPlan,
  { file, littleEndian, nanTo }: ReadOptions & { readonly file: RegularFile; readonly littleEndian: boolean },
): Promise<ReadVoxels> {
  const stored = { ...plan, littleEndian, where: file.path, prefix: "N", ...(nanTo === undefined ? {} : { nanTo }) };
  await skipVolumes(source, plan, plan.volumesBefore, file.path);
  const voxels = await readStoredVoxels(source, stored);
  await skipVolumes(source, plan, plan.volumesAfter, file.path);
  const leftovers = leftoverWarnings(await source.finish(), file.path);
  return { data: voxels.data, warnings: [...voxels.warnings, ...leftovers] };
}

async function skipVolumes(source: ByteSource, plan: VoxelPlan, volumes: number, where: string): Promise<void> {
  const wanted = volumes * plan.bytes;
  const found = await source.skip(wanted);
  if (found < wanted) throw shortDataError({ ...plan, where, prefix: "N" }, wanted - found);
}

/** A header may point behind extensions, but not out of the file nor to where nobody would look. */
function assertOffset(
  plan: VoxelPlan,
  at: { file: RegularFile; isGzip: boolean; firstOffset: number; mostBytes: number },
): void {
  const { file, isGzip, firstOffset, mostBytes } = at;
  const isOutside = !isGzip && plan.offset > file.bytes && plan.offset > firstOffset;
  if (isOutside || plan.offset > mostBytes) throw offsetError(plan, file.path);
}

/** Refuses, before memory is taken, voxels that the file cannot hold and volumes that are larger than allowed. */
function assertPlausible(
  plan: VoxelPlan,
  { file, isGzip, volumeBytes }: { file: RegularFile; isGzip: boolean; volumeBytes: number },
): void {
  const needed = plan.offset + plan.bytes * (plan.volumesBefore + 1 + plan.volumesAfter);
  const available = isGzip ? file.bytes * MOST_INFLATION : file.bytes;
  if (needed > available) throw shortDataError({ ...plan, where: file.path, prefix: "N" }, needed - available);
  const held = Math.max(plan.bytes, plan.count * (plan.slope === 1 && plan.intercept === 0 ? 1 : 4));
  if (held > volumeBytes)
    throw new FormatError({
      code: "N_TOO_BIG",
      where: file.path,
      expected: `a volume of at most ${volumeBytes} bytes`,
      got: `${held}`,
      next: "Raise the limit volumeBytes if you trust the file",
    });
}

function offsetError({ offset }: VoxelPlan, where: string): FormatError {
  return new FormatError({
    code: "N_OFFSET",
    where,
    expected: "a vox_offset within the file",
    got: String(offset),
    next: "Check the image with the program that made it",
  });
}

function leftoverWarnings({ bytes, padding }: Leftovers, where: string): readonly Warning[] {
  if (bytes + padding === 0) return [];
  return [{ code: "N_TRAILING", where, text: `${bytes + padding} bytes behind the voxels are ignored` }];
}
