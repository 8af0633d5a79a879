import { basename } from "node:path";
import { spacingMmOf } from "../../volume/affine.ts";
import { FormatError, type Problem } from "../../volume/errors.ts";
import { orientationOf } from "../../volume/orientation.ts";
import type { Warning } from "../../volume/scan.ts";
import type { FoundScan, Listing, ReadOptions, Refusal, ScanFormat, ScanSummary } from "../scan-format.ts";
import { dataTypes } from "./data-types.ts";
import { niftiKindOf } from "./header.ts";
import { type OpenNifti, withNifti } from "./open-nifti.ts";
import { placeOf } from "./orientation.ts";
import { headerHalfOf, isVoxelHalf, voxelHalfOf } from "./pair.ts";
import { readNifti } from "./read-nifti.ts";
import { voxelPlanOf } from "./voxel-plan.ts";

/** NIfTI-1 and NIfTI-2, in one file or two, deflated or not. */
export const niftiFormat: ScanFormat = {
  name: "nifti",
  extensions: [".nii", ".nii.gz", ".hdr", ".hdr.gz", ".img", ".img.gz"],
  recognises: (head) => niftiKindOf(head) !== undefined,
  list: listNifti,
  read: async ({ files }, options) => ({ ...(await readNifti(headerAmong(files), options)), inputs: [] }),
};

/** The halves of a pair come in any order. */
function headerAmong(files: readonly string[]): string {
  return files.find((file) => !isVoxelHalf(file)) ?? files[0];
}

async function listNifti(files: readonly string[], options: ReadOptions): Promise<Listing> {
  const scans = new Map<string, FoundScan>();
  const refusals: Refusal[] = [];
  for (const file of files) {
    try {
      const header = isVoxelHalf(file) ? await headerHalfOf(file) : file;
      if (!scans.has(header)) scans.set(header, await withNifti(header, options, (nifti) => foundScan(nifti, options)));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      refusals.push({ path: file, problem: error.problem });
    }
  }
  return { scans: [...scans.values()], refusals, skipped: [] };
}

async function foundScan({ file, header, isGzip, warnings }: OpenNifti, options: ReadOptions): Promise<FoundScan> {
  const { path } = file;
  const files = header.storage === "pair" ? [path, await voxelHalfOf(path)] : [path];
  const checked = checkedHeader({ header, path }, options);
  const encoding = `NIfTI-${header.version}${isGzip ? ", gzip" : ""}`;
  const summary = { ...checked.summary, modality: undefined, description: undefined, encoding };
  return {
    format: "nifti",
    id: basename(path),
    files,
    summary: { ...summary, voxelType: dataTypes.get(header.datatype) },
    ...(checked.problem === undefined ? {} : { problem: checked.problem }),
    warnings: [...warnings, ...checked.warnings],
  };
}

interface CheckedHeader {
  readonly summary: Pick<ScanSummary, "shape" | "spacingMm" | "orientation">;
  readonly problem?: Problem;
  readonly warnings: readonly Warning[];
}

/** As much as the header tells before it has to be refused. */
function checkedHeader(
  { header, path }: Pick<OpenNifti, "header"> & { path: string },
  options: ReadOptions,
): CheckedHeader {
  let shape: ScanSummary["shape"];
  try {
    const plan = voxelPlanOf(header, { ...options, where: path });
    shape = plan.shape;
    const place = placeOf(header, { ...options, where: path, shape });
    const { indexToLps } = place;
    return {
      summary: { shape, spacingMm: spacingMmOf(indexToLps), orientation: orientationOf(indexToLps) },
      warnings: [...plan.warnings, ...place.warnings],
    };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return {
      summary: { shape, spacingMm: undefined, orientation: undefined },
      problem: error.problem,
      warnings: [],
    };
  }
}
