import { ConfigError, type DicomOrigin, readScan } from "../pipeline/index.ts";

/**
 * The DICOM series that `--reference` names.
 *
 * Empty:  undefined when the option was left out
 * Errors: ConfigError C_REFERENCE when the path holds no DICOM series, else as `readScan`
 */
export async function readReference(
  path: string | undefined,
  options: Parameters<typeof readScan>[1],
): Promise<DicomOrigin | undefined> {
  if (path === undefined) return undefined;
  const { dicom, format } = await readScan(path, options);
  if (dicom !== undefined) return dicom;
  throw new ConfigError({
    code: "C_REFERENCE",
    where: `--reference ${path}`,
    expected: "a DICOM series",
    got: format,
    next: "Name the folder of the series that the scan or label map was made from",
  });
}
