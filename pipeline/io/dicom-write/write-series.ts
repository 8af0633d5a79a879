import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type IndexToLps, spacingMmOf } from "../../volume/affine.ts";
import { ConfigError, GeometryError } from "../../volume/errors.ts";
import type { Scan, Warning } from "../../volume/scan.ts";
import { voxelCountOf } from "../../volume/volume.ts";
import { writeFolderWhole } from "../atomic-write.ts";
import type { DicomIdentity, ScanWriter, WriteOptions } from "../scan-format.ts";
import { onlyChannelOf } from "../written-voxels.ts";
import { derivedUid } from "./derived-uid.ts";
import { encodeDicom } from "./encode-dicom.ts";
import { type ImageSeries, imageDatasetsOf } from "./image-dataset.ts";
import { storedPixelsOf } from "./stored-pixels.ts";

/** Largest cosine between rows and columns that still count as square: what a reader accepts of rounded cosines. */
const SQUARE_COSINE = 1e-4;
/** Largest cosine between the slices' axis and the slices: positions keep it, but readers refuse more as a gantry tilt. */
const LEAN_COSINE = 1e-3;

const nobody: DicomIdentity = { patientName: "Anonymous^", patientId: "ANONYMOUS" };

/** A plain CT or MR series, one file per slice. */
export const dicomSeriesWriter: ScanWriter = {
  name: "dicom",
  extensions: ["/"],
  write: async (scan, path, options) => {
    const { files, warnings } = await writeDicomSeries(scan, path, options);
    for (const warning of warnings) options.warn?.(warning);
    return files;
  },
};

/**
 * Writes a scan as a folder of CT or MR images, explicit little endian, 16 bits; the folder appears whole or not at all.
 *
 * Whole numbers that span less than 65,536 keep their values. Others are rounded to the nearest of 65,536 steps from the
 * smallest voxel to the largest, at most half a step away, and a warning says how large a step is. UIDs follow from the
 * content. A scan that came from DICOM stays in its patient and study, others get `identity`.
 *
 * Errors: ConfigError when the scan has several channels or no modality; GeometryError when the axes are not square;
 *         FormatError when a voxel is not finite; EnvironmentError when the folder holds files already
 * Source: DICOM PS3.3 A.3, A.4
 */
export async function writeDicomSeries(
  scan: Scan,
  folder: string,
  { identity = nobody, modality, now, signal }: WriteOptions = {},
): Promise<{ readonly files: readonly string[]; readonly warnings: readonly Warning[] }> {
  const volume = onlyChannelOf(scan, folder);
  assertSquare(volume.indexToLps, folder);
  const pixels = storedPixelsOf(volume, folder);
  const series: ImageSeries = {
    scan,
    modality: modalityOf(modality ?? scan.modality, folder),
    identity,
    now,
    pixels,
    seriesUid: seriesUidOf(scan, identity),
  };
  const names: string[] = [];
  const fill = async (unpublished: string) => {
    for (const { name, chunks } of slicesOf(series)) {
      signal?.throwIfAborted();
      await writeFile(join(unpublished, name), chunks, { flush: true });
      names.push(name);
    }
  };
  await writeFolderWhole(folder, fill, signal === undefined ? {} : { signal });
  return {
    files: names.map((name) => join(resolve(folder), name)),
    warnings: pixels.isExact ? [] : [roundedWarning(folder, pixels.slope)],
  };
}

function* slicesOf(series: ImageSeries): Generator<{ name: string; chunks: readonly Uint8Array[] }> {
  const [{ shape }] = series.scan.channels;
  const area = voxelCountOf([1, shape[1], shape[2]]);
  for (const [slice, dataset] of imageDatasetsOf(series).entries())
    yield {
      name: `${String(slice + 1).padStart(5, "0")}.dcm`,
      chunks: encodeDicom(dataset, { vr: "OW", bytes: series.pixels.bytesOf(slice * area, (slice + 1) * area) }),
    };
}

function assertSquare({ rows, ...rest }: IndexToLps, where: string): void {
  const lengths = spacingMmOf({ rows, ...rest });
  const cosine = (p: number, q: number) =>
    Math.abs(rows[p] * rows[q] + rows[p + 4] * rows[q + 4] + rows[p + 8] * rows[q + 8]) / (lengths[p] * lengths[q]);
  const inPlane = cosine(1, 2);
  const lean = Math.max(cosine(0, 1), cosine(0, 2));
  if (inPlane <= SQUARE_COSINE && lean <= LEAN_COSINE) return;
  throw new GeometryError({
    code: "G_SHEAR",
    where,
    expected: "a grid with square axes, as slices of a DICOM series have",
    got: `axes with a cosine of ${Math.max(inPlane, lean).toPrecision(3)} between them`,
    next: "Resample the scan to a straight grid first",
  });
}

function modalityOf(modality: string | undefined, where: string): "CT" | "MR" {
  if (modality === "CT" || modality === "MR") return modality;
  throw new ConfigError({
    code: "W_MODALITY",
    where,
    expected: "CT or MR as the modality of a DICOM series",
    got: modality === undefined ? "none: the input does not say" : modality.slice(0, 16),
    next: "Say which with --modality",
  });
}

function seriesUidOf({ channels: [volume], dicom, modality }: Scan, identity: DicomIdentity): string {
  const { data, shape, indexToLps } = volume;
  const voxels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const about = { shape, rows: indexToLps.rows, modality, identity, source: dicom?.seriesInstanceUid };
  return derivedUid("image series", JSON.stringify(about), voxels);
}

function roundedWarning(where: string, slope: number): Warning {
  return {
    code: "W_ROUNDED",
    where,
    text: `voxels were rounded to steps of ${slope.toPrecision(3)}: 16 bits hold no finer ones`,
  };
}
