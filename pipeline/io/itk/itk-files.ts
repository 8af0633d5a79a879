import type { ItkReader } from "./itk-wasm.ts";

/** What the first bytes of a file say about who reads it. */
export interface ItkFile {
  readonly reader: ItkReader;
  readonly title: string;
  /** Whether the file says where its axes point. */
  readonly saysOrientation: boolean;
  /** Bytes up to the end of the voxels, where these follow the header in one piece; ITK does not ask whether they are there. */
  readonly bytes?: number;
}

/** Bytes of a voxel by FreeSurfer's type: unsigned char, int, float, short, unsigned short. */
const mghVoxelBytes: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 4],
  [3, 4],
  [4, 2],
  [10, 2],
]);

/** Bytes of a voxel by GIPL's type: char, unsigned char, short, unsigned short, unsigned int, int, float, double. */
const giplVoxelBytes: ReadonlyMap<number, number> = new Map([
  [7, 1],
  [8, 1],
  [15, 2],
  [16, 2],
  [31, 4],
  [32, 4],
  [64, 4],
  [65, 8],
]);

const MGH_BYTES = 284;
const GIPL_BYTES = 256;

/** The reader for a file that begins so; undefined when ITK is not needed for it. */
export function itkFileOf(head: Uint8Array): ItkFile | undefined {
  if (String.fromCharCode(...head.subarray(0, 8)) === "\x89HDF\r\n\x1a\n")
    return { reader: "hdf5", title: "HDF5", saysOrientation: true };
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return giplFileOf(view) ?? mghFileOf(view);
}

/** Big endian: four sides, a type, and one of two magic numbers at the end. Source: ITK, itkGiplImageIO.cxx */
function giplFileOf(view: DataView): ItkFile | undefined {
  if (view.byteLength < GIPL_BYTES || ![0xefffe9b0, 0x2ae389b8].includes(view.getUint32(252))) return undefined;
  const voxelBytes = giplVoxelBytes.get(view.getUint16(8));
  if (voxelBytes === undefined) return undefined;
  const sides = [0, 2, 4, 6].map((at) => Math.max(1, view.getUint16(at)));
  return { reader: "gipl", title: "GIPL", saysOrientation: false, bytes: GIPL_BYTES + voxelBytes * productOf(sides) };
}

/** Big endian: version 1, four sides, a type, and a flag whether directions count. Source: FreeSurfer wiki, "MghFormat" */
function mghFileOf(view: DataView): ItkFile | undefined {
  if (view.byteLength < MGH_BYTES || view.getInt32(0) !== 1) return undefined;
  const sides = [4, 8, 12, 16].map((at) => view.getInt32(at));
  const voxelBytes = mghVoxelBytes.get(view.getInt32(20));
  if (voxelBytes === undefined || !sides.every((side) => side > 0)) return undefined;
  const bytes = MGH_BYTES + voxelBytes * productOf(sides);
  return { reader: "mgh", title: "MGH", saysOrientation: view.getInt16(28) > 0, bytes };
}

function productOf(sides: readonly number[]): number {
  return sides.reduce((product, side) => product * side, 1);
}
