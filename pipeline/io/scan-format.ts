import type { Triple } from "../volume/affine.ts";
import type { Problem } from "../volume/errors.ts";
import type { Limits } from "../volume/limits.ts";
import type { DicomOrigin, Scan, Warning } from "../volume/scan.ts";

/** One scan that a path holds, known without decoding its voxels. Plain data: it crosses process borders. */
export interface FoundScan {
  /** Name of the format in the registry. */
  readonly format: string;
  /** What a user types to choose this scan among its neighbours: a series or segmentation UID, or the file's name. */
  readonly id: string;
  /** Absolute paths, in no order that means anything. */
  readonly files: readonly string[];
  /** Which part of the files, in the format's own words, where they hold several volumes. */
  readonly part?: string;
  /** Into how many slabs of planes the reading may be cut; given where decoding takes long enough to share it. */
  readonly slabs?: number;
  /** The planes [start, stop) of the D axis that are to be read; all where it is missing. Only where there are slabs. */
  readonly planes?: readonly [start: number, stop: number];
  readonly summary: ScanSummary;
  /** Why `read` will refuse this scan, when the listing already knows. */
  readonly problem?: Problem;
  readonly warnings: readonly Warning[];
}

/** What `rarevox inspect` shows. */
export interface ScanSummary {
  readonly shape: Triple | undefined;
  readonly spacingMm: Triple | undefined;
  /** Where each axis [D, H, W] points, such as `SPL`. */
  readonly orientation: string | undefined;
  readonly modality: string | undefined;
  /** Stored voxel type, such as `int16`. */
  readonly voxelType: string | undefined;
  /** Free text a person knows the scan by, such as a series description; control characters removed. */
  readonly description: string | undefined;
  /** Such as a transfer syntax name. */
  readonly encoding: string | undefined;
}

/** A file that could not become part of a scan. */
export interface Refusal {
  readonly path: string;
  readonly problem: Problem;
}

/** A file that is well formed but no image: reports, structure sets, thumbnails. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

/** What a set of files holds. */
export interface Listing {
  readonly scans: readonly FoundScan[];
  readonly refusals: readonly Refusal[];
  readonly skipped: readonly SkippedFile[];
}

/** Choices a user makes about reading. */
export interface ReadOptions {
  readonly limits: Limits;
  /** Accept a series with missing slices; the result says so in a warning, nothing is interpolated. */
  readonly allowGap?: boolean | undefined;
  /** Take the geometry that at least 90 % of a series's slices have, and leave the others, such as a localiser. */
  readonly allowMixed?: boolean | undefined;
  /** Resample sheared grids (gantry tilt) to a straight one instead of refusing them. */
  readonly straighten?: boolean | undefined;
  /** Volume of a 4-D file, counted from 0. */
  readonly volumeIndex?: number | undefined;
  /** Where the axes [D, H, W] of a file without orientation point, such as `SAR` for the usual NIfTI order. */
  readonly assumeOrientation?: string | undefined;
  /** Replace voxels that are not finite by the smallest finite one instead of refusing them. */
  readonly nanTo?: "min" | undefined;
  /** What a picture with a list of colours gives: its colours, or their places in the list, as label maps are stored. */
  readonly palette?: "colours" | "indices" | undefined;
}

/** A kind of file that holds scans. `list` and `read` run inside a parsing child, on untrusted bytes. */
export interface ScanFormat {
  readonly name: string;
  /** Usual endings, with the dot; hints for people, never the way a reader is picked. */
  readonly extensions: readonly string[];
  /** Whether a file's first 1,024 bytes look like this format. */
  readonly recognises: (head: Uint8Array, path: string) => boolean;
  readonly list: (files: readonly string[], options: ReadOptions) => Promise<Listing>;
  readonly read: (found: FoundScan, options: ReadOptions) => Promise<Scan>;
}

/** Choices a user makes about writing. */
export interface WriteOptions {
  /** The DICOM series that a derived object refers to, where the scan itself did not come from it. */
  readonly reference?: DicomOrigin;
  /** Aborts between files. */
  readonly signal?: AbortSignal;
  /** Clock reading that a format stamps into the file, where it has to; nothing else depends on it. */
  readonly now?: Date;
  /** Called for everything odd that did not stop the writing. */
  readonly warn?: (warning: Warning) => void;
  /** What only a DICOM segmentation needs to be told. */
  readonly segmentation?: SegmentationOptions;
  /** Whom an invented DICOM series belongs to; a series made from DICOM keeps its source's patient. */
  readonly identity?: DicomIdentity;
  /** What kind of DICOM image to write, where the scan does not say. */
  readonly modality?: "CT" | "MR";
}

/** Choices about a DICOM segmentation. */
export interface SegmentationOptions {
  /** One bit per voxel and class (default, understood everywhere), or class ids (DICOM 2024c). */
  readonly encoding?: "binary" | "labelmap";
  /** What to do with a class that has no SNOMED code: refuse it (default), or call it "Tissue". */
  readonly uncoded?: "refuse" | "tissue";
  /** What found the classes. */
  readonly algorithm?: { readonly name: string; readonly version: string };
}

/** Identity of a patient who does not exist. */
export interface DicomIdentity {
  readonly patientName: string;
  readonly patientId: string;
  readonly studyDescription?: string;
  readonly seriesDescription?: string;
}

/** A kind of file that rarevox writes. */
export interface ScanWriter {
  readonly name: string;
  /** Endings that choose this writer, with the dot; the first is the one outputs get. */
  readonly extensions: readonly string[];
  /** Writes whole or not at all; returns the paths written. */
  readonly write: (scan: Scan, path: string, options: WriteOptions) => Promise<readonly string[]>;
}
