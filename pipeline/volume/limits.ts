/** What an untrusted file may cost; every reader checks against these before it takes memory. */
export interface Limits {
  readonly fileBytes: number;
  /** Inflated size of a deflated DICOM data set. */
  readonly inflatedBytes: number;
  /** One DICOM element outside the pixel data. */
  readonly elementBytes: number;
  readonly elements: number;
  readonly sequenceDepth: number;
  /** Decoded voxels of one scan. */
  readonly volumeBytes: number;
  /** Files of one series, or slices of one volume. */
  readonly slices: number;
  /** Files looked at below one input. */
  readonly files: number;
  readonly zipEntries: number;
  readonly zipBytes: number;
  readonly modelBytes: number;
  /** Wall clock for parsing one scan. */
  readonly parseMs: number;
  /** Resident memory of one parsing child. */
  readonly childBytes: number;
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Limits that every real clinical scan seen so far stays below. */
export const defaultLimits: Limits = {
  fileBytes: 4 * GIB,
  inflatedBytes: 512 * MIB,
  elementBytes: 16 * MIB,
  elements: 200_000,
  sequenceDepth: 64,
  volumeBytes: 2 * GIB,
  slices: 20_000,
  files: 200_000,
  zipEntries: 10_000,
  zipBytes: 4 * GIB,
  modelBytes: 2 * GIB,
  parseMs: 25_000,
  childBytes: 2.5 * GIB,
};
