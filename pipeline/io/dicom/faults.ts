import { FormatError } from "../../volume/errors.ts";
import type { Warning } from "../../volume/scan.ts";
import { tagText } from "./dictionary.ts";

/** What is wrong with a DICOM file; tags are named, their values never. */
export interface DicomFault {
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly next?: string;
  /** 0xggggeeee */
  readonly tag?: number;
  /** Byte offset in the file, or in the inflated data set. */
  readonly offset?: number;
}

/** The refusal of a DICOM file. */
export function dicomError(
  where: string,
  { code, expected, got, next, tag, offset }: DicomFault,
  options?: ErrorOptions,
): FormatError {
  const problem = {
    code,
    where: tag === undefined ? where : `${where} (${tagText(tag)})`,
    expected,
    got,
    next: next ?? "Export the image again from its source",
    ...(tag === undefined ? {} : { tag: tagText(tag) }),
    ...(offset === undefined ? {} : { offset }),
  };
  return new FormatError(problem, options);
}

/** Warnings of one file: the first of each code is kept, so that a hostile file cannot make many. */
export interface WarningList {
  readonly warn: (code: string, text: string) => void;
  readonly list: () => readonly Warning[];
}

/** An empty list of warnings about one file. */
export function warningList(where: string): WarningList {
  const byCode = new Map<string, Warning>();
  return {
    warn: (code, text) => {
      if (!byCode.has(code)) byCode.set(code, { code, where, text });
    },
    list: () => [...byCode.values()],
  };
}
