import type { LabelClass } from "../../volume/label-class.ts";
import type { Warning } from "../../volume/scan.ts";
import type { LabelMap, Volume } from "../../volume/volume.ts";

/** A folder of scans with label maps, before any voxel is read. */
export interface TrainingDataset {
  readonly name: string;
  /** Absolute path of the folder or list that it was found in. */
  readonly path: string;
  /** Image channels in the order of each case's images. */
  readonly channels: readonly DatasetChannel[];
  /** Ids in increasing order; background is not listed. */
  readonly classes: readonly LabelClass[];
  /** Targets that may overlap, each a union of classes; absent where every voxel has one class. */
  readonly regions?: readonly DatasetRegion[];
  /** Label value of voxels that nobody looked at: no loss and no score there. */
  readonly ignoreLabel?: number;
  readonly license?: string;
  /** Whom to cite, as the data set says it. */
  readonly reference?: string;
  readonly training: readonly TrainingCase[];
  readonly testing: readonly TrainingCase[];
}

/** An image channel, such as T2 or CT. */
export interface DatasetChannel {
  readonly name: string;
  /** DICOM modality code where the data set says or implies one. */
  readonly modality?: string;
}

/** A target made of several classes, such as "whole tumour". */
export interface DatasetRegion {
  readonly name: string;
  readonly classIds: readonly number[];
}

/** The images of one examination and, where known, what is in them. */
export interface TrainingCase {
  /** Unique in the data set; from file names, never from tags. */
  readonly id: string;
  /** Whose case it is, where the data set says so: cases of one patient are never parted by folds. */
  readonly patient?: string;
  /** Absolute paths, one file or DICOM folder per channel. */
  readonly images: readonly string[];
  readonly labels?: LabelSource;
}

/** Where the class of each voxel is written. */
export type LabelSource =
  | LabelMapSource
  /** One mask per class; where two claim a voxel, the later class of the data set wins. */
  | { readonly kind: "masks"; readonly paths: readonly { readonly classId: number; readonly path: string }[] }
  /** Files that name their classes themselves, as DICOM SEG does: by name those of the data set, whatever their number. */
  | { readonly kind: "segmentations"; readonly paths: readonly string[] };

/** A file with a number or a colour for each voxel. */
export interface LabelMapSource {
  readonly kind: "label-map";
  readonly path: string;
  /** What its values stand for where they are not the data set's class ids, or its colours not exactly the classes'. */
  readonly values?: LabelValues;
}

/** What the values of a label map stand for. */
export type LabelValues =
  /** Finer classes, each with the class or the ignore label that it counts as; any other value is refused. */
  | { readonly kind: "codes"; readonly classOf: readonly (readonly [code: number, id: number])[] }
  /** Objects, each with a number or colour of its own and all of one class. */
  | { readonly kind: "objects"; readonly classId: number }
  /** Colours of classes, in which a red, green or blue below this counts as 0. */
  | { readonly kind: "colours"; readonly darkest: number };

/** A case in memory, every channel and the labels on one grid, at the scan's own spacing and orientation. */
export interface LoadedCase {
  readonly id: string;
  readonly channels: readonly [Volume, ...Volume[]];
  /** Class ids, and the data set's `ignoreLabel` where it has one. */
  readonly labels?: LabelMap;
  readonly warnings: readonly Warning[];
}
