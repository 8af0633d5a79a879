import { basename } from "node:path";
import { type IndexToLps, indexToLpsFromSteps, spacingMmOf, type Triple } from "../../volume/affine.ts";
import { FormatError, GeometryError } from "../../volume/errors.ts";
import { orientationOf } from "../../volume/orientation.ts";
import type { Scan, Warning } from "../../volume/scan.ts";
import { type Grid, volumeOf } from "../../volume/volume.ts";
import { byteSourceOf, hasGzipMagic } from "../byte-source.ts";
import { fileHeadOf } from "../file-head.ts";
import { memorySource } from "../memory-source.ts";
import { assertSpacing, assertSquare, indexToLpsAlong, noOrientationError } from "../place-rules.ts";
import { withRegularFile } from "../regular-file.ts";
import type { FoundScan, Listing, ReadOptions, Refusal, ScanFormat } from "../scan-format.ts";
import { shortDataError, storedBytes } from "../stored-voxels.ts";
import { assertPlausible, readVoxelBlock, type VoxelBlock } from "../voxel-block.ts";
import { type ItkFile, itkFileOf } from "./itk-files.ts";
import { type ItkImage, readWithItk } from "./itk-wasm.ts";

/** Formats that ITK reads and nothing else here: GIPL, FreeSurfer's MGH and MGZ, ITK's HDF5. */
export const itkFormat: ScanFormat = {
  name: "itk",
  extensions: [".gipl", ".gipl.gz", ".mgh", ".mgz", ".mgh.gz", ".h5", ".hdf5"],
  recognises: (head) => itkFileOf(head) !== undefined,
  list: listImages,
  read: ({ files }, options) => readImage(files[0], options),
};

async function listImages(files: readonly string[], options: ReadOptions): Promise<Listing> {
  const scans: FoundScan[] = [];
  const refusals: Refusal[] = [];
  for (const path of files) {
    try {
      scans.push(foundScan(path, await checkedImage(path, options, { headerOnly: true })));
    } catch (error) {
      if (!(error instanceof FormatError || error instanceof GeometryError)) throw error;
      refusals.push({ path, problem: error.problem });
    }
  }
  return { scans, refusals, skipped: [] };
}

/** What a file says, checked. */
interface CheckedImage {
  readonly file: ItkFile;
  readonly image: ItkImage;
  readonly grid: Grid;
  readonly block: VoxelBlock;
  readonly warnings: readonly Warning[];
}

function foundScan(path: string, { file, image, grid, warnings }: CheckedImage): FoundScan {
  return {
    format: "itk",
    id: basename(path),
    files: [path],
    summary: {
      shape: grid.shape,
      spacingMm: spacingMmOf(grid.indexToLps),
      orientation: orientationOf(grid.indexToLps),
      modality: undefined,
      voxelType: image.type,
      description: undefined,
      encoding: file.title,
    },
    warnings,
  };
}

async function readImage(path: string, options: ReadOptions): Promise<Scan> {
  const { image, block, grid, warnings } = await checkedImage(path, options, { headerOnly: false });
  const { data } = image;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const voxels = await readVoxelBlock(memorySource(bytes), block);
  return {
    format: "itk",
    channels: [volumeOf(voxels.data, grid, path)],
    modality: undefined,
    warnings: [...warnings, ...voxels.warnings],
    inputs: [],
  };
}

async function checkedImage(
  path: string,
  options: ReadOptions,
  { headerOnly }: { readonly headerOnly: boolean },
): Promise<CheckedImage> {
  const { limits, nanTo } = options;
  const file = itkFileOf(await fileHeadOf(path, limits));
  if (file === undefined) throw headerError(path, "a file of the kind its ending says", "other content");
  if (file.bytes !== undefined) await assertComplete(path, file.bytes, limits);
  const image = await readWithItk(file.reader, path, { headerOnly });
  const shape = shapeOf(image, path);
  const count = shape[0] * shape[1] * shape[2];
  const block: VoxelBlock = {
    type: image.type,
    littleEndian: hostIsLittleEndian,
    count,
    slope: 1,
    intercept: 0,
    where: path,
    prefix: "ITK",
    volumesBefore: 0,
    volumesAfter: 0,
    nanTo,
  };
  await withRegularFile(path, limits, async ({ bytes }) =>
    assertPlausible(block, { bytes, isDeflated: true, volumeBytes: limits.volumeBytes }),
  );
  const { indexToLps, warnings } = placeOf({ file, image, path }, options);
  return { file, image, grid: { shape, indexToLps }, block, warnings };
}

/** Follows the voxels to their end, and a deflated file to its checksum: ITK notices neither, and takes memory first. */
function assertComplete(path: string, wanted: number, limits: ReadOptions["limits"]): Promise<void> {
  return withRegularFile(path, limits, async (file) => {
    const isGzip = await hasGzipMagic(file, 0);
    const subject = { type: "uint8", count: wanted, where: path, prefix: "ITK" } as const;
    assertPlausible(
      { ...subject, littleEndian: true, slope: 1, intercept: 0, volumesBefore: 0, volumesAfter: 0 },
      { bytes: file.bytes, isDeflated: isGzip, volumeBytes: limits.volumeBytes },
    );
    const source = byteSourceOf(file, { start: 0, encoding: isGzip ? "gzip" : "raw", prefix: "ITK" });
    try {
      const found = await source.skip(wanted);
      if (found < wanted) throw shortDataError(subject, wanted - found);
      await source.finish();
    } finally {
      source.close();
    }
  });
}

function shapeOf({ size, components, type }: ItkImage, where: string): Triple {
  const [w, h, d, ...more] = size;
  const areSides = [w, h, d, ...more].every((side) => Number.isSafeInteger(side) && side > 0);
  if (!areSides || more.some((side) => side > 1)) throw headerError(where, "a volume", `sides [${size}]`);
  if (components !== 1 || !Object.hasOwn(storedBytes, type))
    throw headerError(where, "one number per voxel", `${components} of ${type}`);
  return [d, h, w];
}

interface PlacedImage {
  readonly file: ItkFile;
  readonly image: ItkImage;
  readonly path: string;
}

function placeOf(
  { file, image, path }: PlacedImage,
  { straighten, assumeOrientation }: ReadOptions,
): { readonly indexToLps: IndexToLps; readonly warnings: readonly Warning[] } {
  const subject = { where: path, prefix: "ITK" };
  const { spacing, origin, direction, size } = image;
  const spacingMm: Triple = [spacing[2], spacing[1], spacing[0]];
  assertSpacing(spacingMm, subject);
  if (!file.saysOrientation) {
    if (assumeOrientation === undefined) throw noOrientationError(subject, "a format that says which side is left");
    const text = `no orientation in the file; ${assumeOrientation} taken as asked`;
    const indexToLps = indexToLpsAlong(assumeOrientation, spacingMm, path);
    return { indexToLps, warnings: [{ code: "ITK_NO_ORIENT", where: path, text }] };
  }
  const step = (axis: number) => [0, 1, 2].map((row) => direction[size.length * row + axis] * spacing[axis] + 0); // no -0
  const indexToLps = indexToLpsFromSteps(
    { d: step(2), h: step(1), w: step(0) },
    { originXyz: origin.slice(0, 3), where: path },
  );
  if (straighten !== true) assertSquare(indexToLps, subject);
  return { indexToLps, warnings: [] };
}

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function headerError(where: string, expected: string, got: string): FormatError {
  const next = "Convert it to NIfTI with the program that made it";
  return new FormatError({ code: "ITK_HEADER", where, expected, got, next });
}
