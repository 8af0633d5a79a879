import { endianness } from "node:os";
import { originXyzOf } from "../../volume/affine.ts";
import type { Scan } from "../../volume/scan.ts";
import { version } from "../../volume/version.ts";
import { type Append, writeFileWhole } from "../atomic-write.ts";
import { appendGzip } from "../gzip-write.ts";
import type { ScanWriter, WriteOptions } from "../scan-format.ts";
import { type WrittenVoxels, writtenVoxelsOf } from "../written-voxels.ts";
import { segmentLines } from "./segments.ts";

/** NRRD in one file, deflated. */
export const nrrdWriter: ScanWriter = {
  name: "nrrd",
  extensions: [".nrrd"],
  write: async (scan, path, options) => [await writeNrrd(scan, path, options)],
};

/**
 * Writes a scan as NRRD; classes are described the way 3D Slicer does in a `.seg.nrrd`.
 *
 * The matrix is kept to the last digit, also of a sheared grid.
 *
 * Errors: those of `writtenVoxelsOf`; EnvironmentError from the disk
 */
export async function writeNrrd(scan: Scan, path: string, { signal }: WriteOptions = {}): Promise<string> {
  const voxels = writtenVoxelsOf(scan, path);
  const header = Buffer.from(`${headerLines(scan, voxels).join("\n")}\n\n`, "utf8");
  const fill = async (append: Append) => {
    await append(header);
    await appendGzip(append, [voxels.bytes], { content: voxels.isLabelMap ? "labels" : "image" });
  };
  return (await writeFileWhole(path, fill, signal === undefined ? {} : { signal })).path;
}

function headerLines({ classes = [] }: Scan, { volume, type }: WrittenVoxels): readonly string[] {
  const { shape, indexToLps } = volume;
  const [d, h, w] = shape;
  const column = (axis: number) => vector([0, 4, 8].map((row) => indexToLps.rows[row + axis]));
  return [
    "NRRD0004",
    `# rarevox ${version}`,
    `type: ${type === "float32" ? "float" : type}`,
    "dimension: 3",
    "space: left-posterior-superior",
    `sizes: ${w} ${h} ${d}`,
    `space directions: ${column(2)} ${column(1)} ${column(0)}`,
    "kinds: domain domain domain",
    `endian: ${endianness() === "LE" ? "little" : "big"}`,
    "encoding: gzip",
    'space units: "mm" "mm" "mm"',
    `space origin: ${vector(originXyzOf(indexToLps))}`,
    ...segmentLines(classes, shape),
  ];
}

function vector(parts: readonly number[]): string {
  return `(${parts.join(",")})`;
}
