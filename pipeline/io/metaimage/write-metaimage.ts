import { endianness } from "node:os";
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { originXyzOf, spacingMmOf } from "../../volume/affine.ts";
import { orientationOf } from "../../volume/orientation.ts";
import type { Scan } from "../../volume/scan.ts";
import { writeFileWhole } from "../atomic-write.ts";
import type { ScanWriter, WriteOptions } from "../scan-format.ts";
import { type WrittenVoxels, writtenVoxelsOf } from "../written-voxels.ts";
import { elementTypes } from "./metaimage-plan.ts";

const deflated = promisify(deflate);

/** MetaImage in one file, deflated. */
export const metaImageWriter: ScanWriter = {
  name: "metaimage",
  extensions: [".mha"],
  write: async (scan, path, options) => [await writeMetaImage(scan, path, options)],
};

/**
 * Writes a scan as MetaImage.
 *
 * Errors: those of `writtenVoxelsOf`; EnvironmentError from the disk
 */
export async function writeMetaImage(scan: Scan, path: string, { signal }: WriteOptions = {}): Promise<string> {
  const voxels = writtenVoxelsOf(scan, path);
  const content = await deflated(voxels.bytes, { level: 1 }); // the header tells its length, so it comes first
  const header = Buffer.from(`${headerLines(scan, voxels, content.length).join("\n")}\n`, "latin1");
  const fill = async (append: (bytes: Uint8Array) => Promise<void>) => {
    await append(header);
    await append(content);
  };
  return (await writeFileWhole(path, fill, signal === undefined ? {} : { signal })).path;
}

function headerLines({ modality }: Scan, { volume, type }: WrittenVoxels, bytes: number): readonly string[] {
  const { shape, indexToLps } = volume;
  const [d, h, w] = shape;
  const spacingMm = spacingMmOf(indexToLps);
  const cosines = [2, 1, 0].flatMap((axis) => [0, 4, 8].map((row) => indexToLps.rows[row + axis] / spacingMm[axis]));
  return [
    "ObjectType = Image",
    "NDims = 3",
    "BinaryData = True",
    `BinaryDataByteOrderMSB = ${endianness() === "LE" ? "False" : "True"}`,
    "CompressedData = True",
    `CompressedDataSize = ${bytes}`,
    `TransformMatrix = ${cosines.join(" ")}`,
    `Offset = ${originXyzOf(indexToLps).join(" ")}`,
    "CenterOfRotation = 0 0 0",
    `AnatomicalOrientation = ${comingFrom(orientationOf(indexToLps))}`,
    `ElementSpacing = ${[...spacingMm].reverse().join(" ")}`,
    ...(modality === "CT" || modality === "MR" ? [`Modality = MET_MOD_${modality}`] : []),
    `DimSize = ${w} ${h} ${d}`,
    `ElementType = ${nameOf(type)}`,
    "ElementDataFile = LOCAL",
  ];
}

/** MetaImage names where its axes [W, H, D] come from, not where [D, H, W] point to. */
function comingFrom(orientation: string): string {
  const opposite: Readonly<Record<string, string>> = { R: "L", L: "R", A: "P", P: "A", I: "S", S: "I" };
  return [...orientation]
    .reverse()
    .map((letter) => opposite[letter])
    .join("");
}

function nameOf(type: WrittenVoxels["type"]): string {
  for (const [name, stored] of elementTypes) if (stored === type) return name;
  throw new Error(`MetaImage has no name for ${type}`);
}
