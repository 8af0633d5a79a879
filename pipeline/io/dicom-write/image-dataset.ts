import type { Scan } from "../../volume/scan.ts";
import type { DicomIdentity } from "../scan-format.ts";
import { copiedAttributesOf } from "./copied-attributes.ts";
import { derivedUid } from "./derived-uid.ts";
import { dateAndTime, decimalString, shortText } from "./dicom-text.ts";
import type { DicomDataset } from "./encode-dicom.ts";
import { equipmentAttributes } from "./implementation.ts";
import { planeAttributesOf } from "./plane-attributes.ts";
import type { StoredPixels } from "./stored-pixels.ts";

/** A series of plain images about to be written. */
export interface ImageSeries {
  readonly scan: Scan;
  readonly modality: "CT" | "MR";
  readonly identity: DicomIdentity;
  /** Date of the invented study. */
  readonly now: Date | undefined;
  readonly pixels: StoredPixels;
  /** Names the series: the same content, the same UIDs. */
  readonly seriesUid: string;
}

const sopClassUids = { CT: "1.2.840.10008.5.1.4.1.1.2", MR: "1.2.840.10008.5.1.4.1.1.4" } as const;

/**
 * The attributes of each slice, pixels apart, in the order of the volume's D axis.
 *
 * Source: DICOM PS3.3 A.3 (CT image), A.4 (MR image)
 */
export function imageDatasetsOf(series: ImageSeries): readonly DicomDataset[] {
  const { scan, modality, pixels, seriesUid } = series;
  const [volume] = scan.channels;
  const plane = planeAttributesOf(volume);
  const shared: DicomDataset = {
    SpecificCharacterSet: "ISO_IR 192",
    ...patientAndStudyOf(series),
    ...equipmentAttributes,
    SOPClassUID: sopClassUids[modality],
    Modality: modality,
    SeriesInstanceUID: seriesUid,
    SeriesNumber: 1,
    SeriesDescription: shortText(series.identity.seriesDescription ?? "", 64),
    Laterality: [],
    PatientPosition: [],
    Rows: volume.shape[1],
    Columns: volume.shape[2],
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: pixels.isSigned ? 1 : 0,
    ImageOrientationPatient: plane.orientation,
    PixelSpacing: plane.pixelSpacing,
    SliceThickness: plane.sliceStep,
    ...(modality === "CT" ? ctAttributesOf(pixels) : mrAttributesOf(pixels, plane.sliceStep)),
  };
  return plane.positions.map((position, slice) => ({
    ...shared,
    SOPInstanceUID: derivedUid("image", seriesUid, String(slice)),
    InstanceNumber: slice + 1,
    ImagePositionPatient: position,
  }));
}

function patientAndStudyOf({ scan, identity, now, seriesUid }: ImageSeries): DicomDataset {
  const ownFrameOfReference = derivedUid("frame of reference", seriesUid);
  if (scan.dicom !== undefined)
    return copiedAttributesOf({
      ...scan.dicom,
      frameOfReferenceUid: scan.dicom.frameOfReferenceUid ?? ownFrameOfReference,
    });
  const { date, time } = now === undefined ? { date: "", time: "" } : dateAndTime(now);
  return copiedAttributesOf({
    studyInstanceUid: derivedUid("study", seriesUid),
    seriesInstanceUid: seriesUid,
    frameOfReferenceUid: ownFrameOfReference,
    grid: scan.channels[0],
    slices: [],
    attributes: {
      PatientName: [shortText(identity.patientName, 64)],
      PatientID: [shortText(identity.patientId, 64)],
      StudyID: ["1"],
      StudyDate: [date],
      StudyTime: [time],
      StudyDescription: identity.studyDescription === undefined ? [] : [shortText(identity.studyDescription, 64)],
    },
  });
}

function ctAttributesOf({ slope, intercept }: StoredPixels): DicomDataset {
  return {
    ImageType: ["DERIVED", "SECONDARY", "AXIAL"],
    RescaleSlope: decimalString(slope),
    RescaleIntercept: decimalString(intercept),
    RescaleType: "HU",
    KVP: [],
    AcquisitionNumber: [],
  };
}

function mrAttributesOf({ slope, intercept }: StoredPixels, sliceStep: string): DicomDataset {
  const isPlain = slope === 1 && intercept === 0;
  return {
    ImageType: ["DERIVED", "SECONDARY", "OTHER"],
    ...(isPlain ? {} : { RescaleSlope: decimalString(slope), RescaleIntercept: decimalString(intercept) }),
    ScanningSequence: "RM",
    SequenceVariant: "NONE",
    ScanOptions: [],
    MRAcquisitionType: [],
    RepetitionTime: [],
    EchoTime: [],
    EchoTrainLength: [],
    SpacingBetweenSlices: sliceStep,
  };
}
