import type { LabelClass } from "../../volume/label-class.ts";
import type { DicomDataset } from "../dicom-write/encode-dicom.ts";

/** What differs between the ways a segmentation stores its voxels. */
export interface SegmentationEncoding {
  readonly sopClassUid: string;
  readonly type: "BINARY" | "LABELMAP";
  /** BINARY counts its segments from 1 without a gap; LABELMAP keeps the ids, for they are the pixels. */
  readonly numberOf: (labelClass: LabelClass, index: number) => number;
  readonly attributes: DicomDataset;
  /** What the frames' index values count, each a pointer to an attribute and to the group that holds it. */
  readonly dimensions: readonly DicomDataset[];
}

const bySegment: DicomDataset = {
  DimensionIndexPointer: 0x0062000b,
  FunctionalGroupPointer: 0x0062000a,
  DimensionDescriptionLabel: "ReferencedSegmentNumber",
};

const byPosition: DicomDataset = {
  DimensionIndexPointer: 0x00200032,
  FunctionalGroupPointer: 0x00209113,
  DimensionDescriptionLabel: "ImagePositionPatient",
};

/**
 * The encodings that are written.
 *
 * Source: DICOM PS3.3 C.8.20.2; Supplement 243 for LABELMAP
 */
export const encodings: Readonly<Record<"binary" | "labelmap", SegmentationEncoding>> = {
  binary: {
    sopClassUid: "1.2.840.10008.5.1.4.1.1.66.4",
    type: "BINARY",
    numberOf: (_, index) => index + 1,
    attributes: {},
    dimensions: [bySegment, byPosition],
  },
  labelmap: {
    sopClassUid: "1.2.840.10008.5.1.4.1.1.66.7",
    type: "LABELMAP",
    numberOf: ({ id }) => id,
    // 0 is background and no segment; an orientation of the rows and columns follows from the plane, so none is named.
    attributes: { PixelPaddingValue: 0, PatientOrientation: [] },
    dimensions: [byPosition],
  },
};
