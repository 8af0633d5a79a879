import type { DataSet } from "dicom-parser";
import type { Limits } from "../../volume/limits.ts";
import type { Warning } from "../../volume/scan.ts";
import type { TransferSyntax } from "./transfer-syntaxes.ts";

/** The elements of a data set or of one item of a sequence; `values.ts` reads them by keyword. */
export interface DicomItem {
  /** File, for messages. */
  readonly where: string;
  readonly source: DataSet;
  /** Specific Character Set in force here. */
  readonly characterSets: readonly string[];
}

/** Where the pixel data element lies. Units: bytes from the start of `bytes` */
export interface PixelElement {
  readonly tag: "7FE0,0010" | "7FE0,0008" | "7FE0,0009";
  readonly offset: number;
  /** Undefined for encapsulated frames. */
  readonly length: number | undefined;
}

/** One DICOM file whose structure has been checked from end to end, or up to its pixels. It is a `DicomItem` too. */
export interface DicomDataSet {
  readonly where: string;
  readonly source: DataSet;
  readonly characterSets: readonly string[];
  readonly transferSyntax: TransferSyntax;
  readonly limits: Limits;
  readonly warnings: readonly Warning[];
  /** Undefined when the file holds no pixels. */
  readonly pixels: PixelElement | undefined;
}
