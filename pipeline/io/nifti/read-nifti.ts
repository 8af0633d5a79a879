import { FormatError } from "../../volume/errors.ts";
import type { Scan } from "../../volume/scan.ts";
import { volumeOf } from "../../volume/volume.ts";
import { type RegularFile, withRegularFile } from "../regular-file.ts";
import type { ReadOptions } from "../scan-format.ts";
import type { ReadVoxels } from "../stored-voxels.ts";
import { assertPlausible, readVoxelBlock, type VoxelBlock } from "../voxel-block.ts";
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
  const block = blockOf(plan, { ...options, header, where: file.path });
  const bytes = file.bytes - (isGzip ? 0 : plan.offset);
  assertPlausible(block, { bytes, isDeflated: isGzip, volumeBytes: limits.volumeBytes });
  const between = new Uint8Array(plan.offset - HEADER_BYTES[header.version]);
  const found = await source.read(between);
  if (found < between.length) throw offsetError(plan, file.path);
  const warnings = extensionWarnings(between, header, file.path);
  const voxels = await readVoxelBlock(source, block);
  return { ...voxels, warnings: [...warnings, ...voxels.warnings] };
}

async function readFromPair({ file, header }: OpenNifti, plan: VoxelPlan, options: ReadOptions): Promise<ReadVoxels> {
  const { limits } = options;
  return withRegularFile(await voxelHalfOf(file.path), limits, (voxelFile) =>
    withNiftiBytes(voxelFile, async (source, isGzip) => {
      assertOffset(plan, { file: voxelFile, isGzip, firstOffset: 0, mostBytes: limits.elementBytes });
      const block = blockOf(plan, { ...options, header, where: voxelFile.path });
      const bytes = voxelFile.bytes - (isGzip ? 0 : plan.offset);
      assertPlausible(block, { bytes, isDeflated: isGzip, volumeBytes: limits.volumeBytes });
      if ((await source.skip(plan.offset)) < plan.offset) throw offsetError(plan, voxelFile.path);
      return readVoxelBlock(source, block);
    }),
  );
}

function blockOf(
  plan: VoxelPlan,
  { header, where, nanTo }: Pick<ReadOptions, "nanTo"> & Pick<OpenNifti, "header"> & { readonly where: string },
): VoxelBlock {
  return { ...plan, littleEndian: header.littleEndian, where, prefix: "N", ...(nanTo === undefined ? {} : { nanTo }) };
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

function offsetError({ offset }: VoxelPlan, where: string): FormatError {
  return new FormatError({
    code: "N_OFFSET",
    where,
    expected: "a vox_offset within the file",
    got: String(offset),
    next: "Check the image with the program that made it",
  });
}
