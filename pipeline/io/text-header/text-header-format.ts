import { basename } from "node:path";
import { type IndexToLps, spacingMmOf, type Triple } from "../../volume/affine.ts";
import { FormatError, GeometryError } from "../../volume/errors.ts";
import type { LabelClass } from "../../volume/label-class.ts";
import { orientationOf } from "../../volume/orientation.ts";
import type { Scan, Warning } from "../../volume/scan.ts";
import { volumeOf } from "../../volume/volume.ts";
import { type ByteEncoding, type ByteSource, byteSourceOf } from "../byte-source.ts";
import { type RegularFile, withRegularFile } from "../regular-file.ts";
import type { FoundScan, Listing, ReadOptions, Refusal, ScanFormat } from "../scan-format.ts";
import { type StoredType, storedBytes } from "../stored-voxels.ts";
import { assertPlausible, readVoxelBlock, type VoxelBlock } from "../voxel-block.ts";
import { detachedFileOf } from "./detached-file.ts";
import { headerError, readTextHeader } from "./text-header.ts";
import { textSource } from "./text-source.ts";

/** What a header of lines says of an image, checked but for the size of the file. */
export interface ImagePlan {
  readonly shape: Triple;
  readonly indexToLps: IndexToLps;
  readonly type: StoredType;
  readonly littleEndian: boolean;
  readonly encoding: ByteEncoding | "text";
  /** Name in the header of the file that holds the voxels; undefined when they follow the header. */
  readonly dataFile: string | undefined;
  /** Bytes to pass over before the voxels; -1 when the voxels are the last bytes of the file. */
  readonly skipBytes: number;
  readonly volumesBefore: number;
  readonly volumesAfter: number;
  readonly modality: string | undefined;
  readonly classes?: readonly LabelClass[];
  readonly warnings: readonly Warning[];
}

/** A format whose header is lines of text, with voxels behind it or in a file beside it. */
export interface TextHeaderFormat extends Pick<ScanFormat, "name" | "extensions" | "recognises"> {
  /** What people call it. */
  readonly title: string;
  /** First part of error codes. */
  readonly prefix: string;
  /** Whether a line is the header's last. */
  readonly isLast: (line: string) => boolean;
  /** Errors: FormatError, GeometryError */
  readonly planOf: (lines: readonly string[], options: ReadOptions & { readonly where: string }) => ImagePlan;
}

/** The reader of such a format. */
export function textHeaderFormat(format: TextHeaderFormat): ScanFormat {
  const { name, extensions, recognises } = format;
  return {
    name,
    extensions,
    recognises,
    list: (files, options) => listImages(format, files, options),
    read: ({ files }, options) => readImage(format, files[0], options),
  };
}

async function listImages(format: TextHeaderFormat, files: readonly string[], options: ReadOptions): Promise<Listing> {
  const scans: FoundScan[] = [];
  const refusals: Refusal[] = [];
  for (const path of files) {
    try {
      scans.push(await withPlan(format, path, options, async ({ plan }) => foundScan(format, path, plan)));
    } catch (error) {
      if (!(error instanceof FormatError || error instanceof GeometryError)) throw error;
      refusals.push({ path, problem: error.problem });
    }
  }
  return { scans, refusals, skipped: [] };
}

async function foundScan({ name, title, prefix }: TextHeaderFormat, path: string, plan: ImagePlan): Promise<FoundScan> {
  const { dataFile, shape, indexToLps, modality, type, encoding, warnings } = plan;
  return {
    format: name,
    id: basename(path),
    files: dataFile === undefined ? [path] : [path, await detachedFileOf(path, dataFile, prefix)],
    summary: {
      shape,
      spacingMm: spacingMmOf(indexToLps),
      orientation: orientationOf(indexToLps),
      modality,
      voxelType: type,
      description: undefined,
      encoding: `${title}, ${encoding}`,
    },
    warnings,
  };
}

function readImage(format: TextHeaderFormat, path: string, options: ReadOptions): Promise<Scan> {
  return withPlan(format, path, options, async ({ plan, file, dataStart }) => {
    const { shape, indexToLps, dataFile, modality, classes } = plan;
    const read = (from: RegularFile, start: number) => readVoxels(format, { plan, file: from, start, options });
    const { data, warnings } =
      dataFile === undefined
        ? await read(file, dataStart)
        : await withRegularFile(await detachedFileOf(path, dataFile, format.prefix), options.limits, (from) =>
            read(from, 0),
          );
    return {
      format: format.name,
      channels: [volumeOf(data, { shape, indexToLps }, path)],
      modality,
      warnings: [...plan.warnings, ...warnings],
      inputs: [],
      ...(classes === undefined ? {} : { classes }),
    };
  });
}

interface PlannedFile {
  readonly plan: ImagePlan;
  readonly file: RegularFile;
  /** First byte behind the header. */
  readonly dataStart: number;
}

function withPlan<T>(
  { planOf, isLast, prefix }: TextHeaderFormat,
  path: string,
  options: ReadOptions,
  use: (planned: PlannedFile) => Promise<T>,
): Promise<T> {
  return withRegularFile(path, options.limits, async (file) => {
    const { lines, end } = await readTextHeader(file, { isLast, prefix });
    return use({ plan: planOf(lines, { ...options, where: path }), file, dataStart: end });
  });
}

interface VoxelsAt {
  readonly plan: ImagePlan;
  readonly file: RegularFile;
  readonly start: number;
  readonly options: ReadOptions;
}

async function readVoxels({ prefix }: TextHeaderFormat, { plan, file, start, options }: VoxelsAt) {
  const { type, encoding, volumesBefore, volumesAfter } = plan;
  const block: VoxelBlock = {
    type,
    littleEndian: encoding === "text" ? hostIsLittleEndian : plan.littleEndian,
    count: plan.shape[0] * plan.shape[1] * plan.shape[2],
    slope: 1,
    intercept: 0,
    where: file.path,
    prefix,
    volumesBefore,
    volumesAfter,
    nanTo: options.nanTo,
  };
  const first = start + skippedBytes(block, { plan, file, start });
  assertPlausible(block, {
    bytes: (file.bytes - first) * (encoding === "text" ? storedBytes[type] : 1), // a digit each at least
    isDeflated: encoding === "gzip" || encoding === "zlib",
    volumeBytes: options.limits.volumeBytes,
  });
  const bytes = byteSourceOf(file, { start: first, encoding: encoding === "text" ? "raw" : encoding, prefix });
  const source: ByteSource = encoding === "text" ? textSource(bytes, block) : bytes;
  try {
    return await readVoxelBlock(source, block);
  } finally {
    source.close();
  }
}

/** A header may pass over bytes before the voxels, but not over the end of the file. */
function skippedBytes(
  { count, type, prefix, where, volumesBefore, volumesAfter }: VoxelBlock,
  { plan, file, start }: Omit<VoxelsAt, "options">,
): number {
  const available = file.bytes - start;
  const all = count * storedBytes[type] * (volumesBefore + 1 + volumesAfter);
  const skipped = plan.skipBytes === -1 ? Math.max(0, available - all) : plan.skipBytes;
  if (skipped <= available) return skipped;
  throw headerError({ where, prefix }, `at most ${available} bytes before the voxels`, `${skipped}`);
}

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
