import { deflateRawSync } from "node:zlib";
import { rawZip } from "./raw-zip.ts";

/** The bytes of a NumPy array file, version 1.0. Source: NumPy, numpy.lib.format */
export function npyFile(descr: string, shape: readonly number[], values: Uint8Array): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const padded = `${text.padEnd(117)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(padded.length);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length, Buffer.from(padded, "latin1"), values]);
}

/** A NumPy archive of single-precision arrays, deflated. */
export function npzFile(
  arrays: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>>,
): Buffer {
  return rawZip(
    Object.entries(arrays).map(([name, { shape, values }]) => {
      const file = npyFile("<f4", shape, new Uint8Array(Float32Array.from(values).buffer));
      return { name: `${name}.npy`, bytes: deflateRawSync(file), method: 8, size: file.length, checksum: crcOf(file) };
    }),
  );
}

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
