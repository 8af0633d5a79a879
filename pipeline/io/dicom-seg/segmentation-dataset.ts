import { strict as assert } from "node:assert";
import type { DicomOrigin, DicomSlice } from "../../volume/scan.ts";
import { copiedAttributesOf } from "../dicom-write/copied-attributes.ts";
import { derivedUid } from "../dicom-write/derived-uid.ts";
import { codeSequence, dateAndTime, decimalString } from "../dicom-write/dicom-text.ts";
import type { DicomDataset } from "../dicom-write/encode-dicom.ts";
import { equipmentAttributes } from "../dicom-write/implementation.ts";
import { planeAttributesOf } from "../dicom-write/plane-attributes.ts";
import type { SegmentationOptions } from "../scan-format.ts";
import { segmentItemOf } from "./segment-description.ts";
import type { SegmentFrame, SegmentFrames } from "./segment-frames.ts";
import { encodings } from "./segmentation-encodings.ts";

/** Number that other writers (dcmqi) give segmentation series too, away from what scanners count. */
const SERIES_NUMBER = 300;

const SEGMENTATION = { scheme: "DCM", value: "113076", meaning: "Segmentation" } as const;
const SOURCE_IMAGE = {
  scheme: "DCM",
  value: "121322",
  meaning: "Source image for image processing operation",
} as const;

/** What goes into a segmentation, all on the source's own grid. */
export interface SegmentationContent extends SegmentFrames {
  readonly origin: DicomOrigin;
  readonly bitsAllocated: 1 | 8 | 16;
  readonly options: SegmentationOptions;
  readonly now: Date;
}

/**
 * All attributes of a segmentation but its pixels.
 *
 * UIDs follow from pixels, source and segments, so that the same content has the same name and other content another.
 *
 * Source: DICOM PS3.3 A.51, C.8.20; what each attribute is for and who checks it: README.md beside this file
 */
export function segmentationDatasetOf(content: SegmentationContent): DicomDataset {
  const { origin, options, now, frames } = content;
  const encoding = encodings[options.encoding ?? "binary"];
  const { date, time } = dateAndTime(now);
  const body: DicomDataset = {
    SpecificCharacterSet: "ISO_IR 192",
    ...copiedAttributesOf(origin),
    ...equipmentAttributes,
    SOPClassUID: encoding.sopClassUid,
    Modality: "SEG",
    SeriesNumber: SERIES_NUMBER,
    SeriesDescription: "Segmentation",
    InstanceNumber: 1,
    ImageType: ["DERIVED", "PRIMARY"],
    ContentLabel: "SEGMENTATION",
    ContentDescription: "Segmentation",
    ContentCreatorName: `${equipmentAttributes.Manufacturer}^`,
    ...pixelAttributesOf(content),
    SegmentationType: encoding.type,
    ...encoding.attributes,
    SegmentsOverlap: "NO",
    SegmentSequence: content.classes.map((labelClass, index) =>
      segmentItemOf(labelClass, { number: encoding.numberOf(labelClass, index), origin, options }),
    ),
    ReferencedSeriesSequence: referencedSeriesOf(origin),
    SharedFunctionalGroupsSequence: [sharedGroupOf(origin)],
    PerFrameFunctionalGroupsSequence: perFrameGroupsOf(frames, origin),
  };
  const instanceUid = derivedUid("instance", JSON.stringify(body), content.pixels);
  return {
    ...body,
    ...dimensionsOf(encoding.dimensions, derivedUid("dimensions", instanceUid)),
    SOPInstanceUID: instanceUid,
    SeriesInstanceUID: derivedUid("series", instanceUid),
    ContentDate: date,
    ContentTime: time,
  };
}

function pixelAttributesOf({ origin, frames, bitsAllocated }: SegmentationContent): DicomDataset {
  const [, rows, columns] = origin.grid.shape;
  return {
    Rows: rows,
    Columns: columns,
    NumberOfFrames: frames.length,
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    BitsAllocated: bitsAllocated,
    BitsStored: bitsAllocated,
    HighBit: bitsAllocated - 1,
    PixelRepresentation: 0,
  };
}

function dimensionsOf(dimensions: readonly DicomDataset[], uid: string): DicomDataset {
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: uid }],
    DimensionIndexSequence: dimensions.map((dimension) => ({ ...dimension, DimensionOrganizationUID: uid })),
  };
}

function sharedGroupOf({ grid }: DicomOrigin): DicomDataset {
  const { orientation, pixelSpacing, sliceStep } = planeAttributesOf(grid);
  return {
    PlaneOrientationSequence: [{ ImageOrientationPatient: orientation }],
    PixelMeasuresSequence: [{ PixelSpacing: pixelSpacing, SliceThickness: sliceStep, SpacingBetweenSlices: sliceStep }],
  };
}

/** Positions are the source's own, so that every frame lies exactly on the slice it refers to. */
function perFrameGroupsOf(frames: readonly SegmentFrame[], { slices }: DicomOrigin): readonly DicomDataset[] {
  const used = [...new Set(frames.map(({ slice }) => slice))].sort((one, other) => one - other);
  const positionIndex = new Map(used.map((slice, index) => [slice, index + 1]));
  return frames.map(({ slice, segment }) => {
    const position = positionIndex.get(slice) as number;
    const source = slices[slice];
    assert(source !== undefined, "a frame on a slice without a source image");
    return {
      FrameContentSequence: [{ DimensionIndexValues: segment === undefined ? [position] : [segment, position] }],
      PlanePositionSequence: [{ ImagePositionPatient: source.positionXyz.map(decimalString) }],
      SegmentIdentificationSequence: segment === undefined ? undefined : [{ ReferencedSegmentNumber: segment }],
      DerivationImageSequence: [
        {
          DerivationCodeSequence: codeSequence(SEGMENTATION),
          SourceImageSequence: [
            {
              ...referenceTo(source),
              SpatialLocationsPreserved: "YES",
              PurposeOfReferenceCodeSequence: codeSequence(SOURCE_IMAGE),
            },
          ],
        },
      ],
    };
  });
}

function referenceTo({ sopClassUid, sopInstanceUid, frameNumber }: DicomSlice): DicomDataset {
  return {
    ReferencedSOPClassUID: sopClassUid,
    ReferencedSOPInstanceUID: sopInstanceUid,
    ReferencedFrameNumber: frameNumber,
  };
}

/** Every known source instance, those without a segment too: a reader finds the whole series from here. */
function referencedSeriesOf({ seriesInstanceUid, slices }: DicomOrigin): readonly DicomDataset[] {
  const known = slices.filter((slice) => slice !== undefined);
  const classOf = new Map(known.map(({ sopInstanceUid, sopClassUid }) => [sopInstanceUid, sopClassUid]));
  const instances = [...classOf].map(([sopInstanceUid, sopClassUid]) => ({
    ReferencedSOPClassUID: sopClassUid,
    ReferencedSOPInstanceUID: sopInstanceUid,
  }));
  return [{ SeriesInstanceUID: seriesInstanceUid, ReferencedInstanceSequence: instances }];
}
