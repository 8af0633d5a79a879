import yauzl from "yauzl";

/** An open archive; `close` it. */
export type ZipArchive = yauzl.ZipFile;

/** One entry of an archive, as its directory describes it. */
export type ZipEntry = yauzl.Entry;

/**
 * Opens a .zip archive and reads its directory entry by entry, inflating nothing.
 *
 * Names stay bytes: the archive's own idea of their characters is not trusted. A stream that gives other than the
 * declared number of bytes ends with an error.
 *
 * Errors: whatever yauzl throws, whose texts speak of the archive only
 */
export function openZip(path: string): Promise<ZipArchive> {
  return yauzl.openPromise(path, {
    lazyEntries: true,
    autoClose: false,
    decodeStrings: false,
    validateEntrySizes: true,
  });
}
