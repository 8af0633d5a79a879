import type { Warning } from "../../volume/scan.ts";
import { type ByteSource, byteSourceOf, hasGzipMagic } from "../byte-source.ts";
import { extensionMatches } from "../extensions.ts";
import { type RegularFile, withRegularFile } from "../regular-file.ts";
import type { ReadOptions } from "../scan-format.ts";
import { HEADER_BYTES, type NiftiHeader, niftiKindOf, parseHeader } from "./header.ts";

/** A file that is open at the first byte behind its header. */
export interface OpenNifti {
  readonly file: RegularFile;
  readonly source: ByteSource;
  readonly header: NiftiHeader;
  readonly isGzip: boolean;
  readonly warnings: readonly Warning[];
}

/**
 * Opens a NIfTI file and reads its header, deflated or not: the content decides, a misleading name gives a warning.
 *
 * Errors: those of `withRegularFile` and `parseHeader`
 */
export function withNifti<T>(path: string, { limits }: ReadOptions, use: (nifti: OpenNifti) => Promise<T>): Promise<T> {
  return withRegularFile(path, limits, (file) =>
    withNiftiBytes(file, async (source, gzip) => {
      const head = new Uint8Array(HEADER_BYTES[2]);
      const first = head.subarray(0, await source.read(head.subarray(0, HEADER_BYTES[1])));
      const isSecondVersion = niftiKindOf(first)?.version === 2;
      const more = isSecondVersion ? await source.read(head.subarray(HEADER_BYTES[1])) : 0;
      const header = parseHeader(head.subarray(0, first.length + more), path);
      return use({ file, source, header, isGzip: gzip, warnings: nameWarnings(path, gzip) });
    }),
  );
}

/** The bytes of a file from its start, inflated where it is a gzip file. */
export async function withNiftiBytes<T>(
  file: RegularFile,
  use: (source: ByteSource, isGzip: boolean) => Promise<T>,
): Promise<T> {
  const gzip = await hasGzipMagic(file, 0);
  const source = byteSourceOf(file, { start: 0, encoding: gzip ? "gzip" : "raw", prefix: "N" });
  try {
    return await use(source, gzip);
  } finally {
    source.close();
  }
}

function nameWarnings(where: string, gzip: boolean): readonly Warning[] {
  if (gzip === extensionMatches(where, [".gz"])) return [];
  return [
    { code: "N_NAME", where, text: gzip ? "compressed though its name has no .gz" : "not compressed despite .gz" },
  ];
}
