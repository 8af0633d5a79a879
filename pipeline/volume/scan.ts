import type { Triple } from "./affine.ts";
import type { LabelClass } from "./label-class.ts";
import type { Grid, Volume } from "./volume.ts";

/** Something odd that did not stop the work; codes as in `Problem`. */
export interface Warning {
  readonly code: string;
  /** File or stage. */
  readonly where: string;
  readonly text: string;
}

/** One file that went into a scan. */
export interface InputFile {
  /** Absolute path on this machine. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal SHA-256 of the whole file. */
  readonly sha256: string;
}

/** Voxels read from a file or a series, all channels on one grid, with what is known of their origin. */
export interface Scan {
  /** Name in the format registry, such as `nifti` or `dicom`. */
  readonly format: string;
  readonly channels: readonly [Volume, ...Volume[]];
  /** DICOM code such as `CT` or `MR`, where the file says it. */
  readonly modality: string | undefined;
  readonly warnings: readonly Warning[];
  readonly inputs: readonly InputFile[];
  /** What the ids stand for, where the scan is a segmentation that says so. */
  readonly classes?: readonly LabelClass[];
  readonly dicom?: DicomOrigin;
  readonly nifti?: NiftiOrigin;
}

/** What a derived DICOM object repeats of its source. Holds patient identity: never logged, never part of a name. */
export interface DicomOrigin {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string | undefined;
  /** Where the source's own pixels lie: W along its rows, H along its columns, D through `slices`. */
  readonly grid: Grid;
  /** One per slice, in the order of the grid's D axis; undefined where no image of the slice is known. */
  readonly slices: readonly (DicomSlice | undefined)[];
  /** Patient, study, frame-of-reference and equipment attributes by DICOM keyword, as text, in order of multiplicity. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** The instance, and frame of it, that one slice came from. */
export interface DicomSlice {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** 1-based, for multi-frame instances only. */
  readonly frameNumber?: number;
  /** Centre of the first transmitted pixel. Units: mm, order [x, y, z], LPS+. */
  readonly positionXyz: Triple;
}

/** The orientation fields of a NIfTI input, kept so that an output carries the very same numbers. */
export interface NiftiOrigin {
  readonly qformCode: number;
  readonly sformCode: number;
  /** [b, c, d] and [x, y, z] of the header. */
  readonly quaternion: readonly number[];
  readonly offsetXyz: readonly number[];
  /** pixdim[0..3], in the header's own units. */
  readonly pixdim: readonly number[];
  /** srow_x, srow_y, srow_z one after another. */
  readonly sform: readonly number[];
  readonly xyztUnits: number;
}
