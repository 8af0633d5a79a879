import type { DicomOrigin } from "../../volume/scan.ts";
import type { DicomDataset } from "./encode-dicom.ts";

/** Patient and study attributes of type 2: present in every file, empty where nothing is known. */
const alwaysWritten = [
  "PatientName",
  "PatientID",
  "PatientBirthDate",
  "PatientSex",
  "StudyDate",
  "StudyTime",
  "ReferringPhysicianName",
  "StudyID",
  "AccessionNumber",
] as const;

/** Further attributes of the patient, study, frame of reference and compression history, copied where known. */
const writtenWhenKnown = [
  "IssuerOfPatientID",
  "OtherPatientIDs",
  "PatientBirthTime",
  "EthnicGroup",
  "PatientComments",
  "PatientSpeciesDescription",
  "PatientIdentityRemoved",
  "DeidentificationMethod",
  "StudyDescription",
  "PatientAge",
  "PatientSize",
  "PatientWeight",
  "LossyImageCompression",
  "LossyImageCompressionRatio",
  "LossyImageCompressionMethod",
] as const;

/** Every attribute that a derived object repeats; what its source has to remember. */
export const copiedKeywords: readonly string[] = [...alwaysWritten, ...writtenWhenKnown, "PositionReferenceIndicator"];

/**
 * The patient, study and frame of reference of a source, word for word: a derived object has to fall into the same
 * study of the same patient.
 *
 * Source: DICOM PS3.3 C.7.1.1, C.7.2.1, C.7.2.2, C.7.4.1, C.7.6.1.1.5
 */
export function copiedAttributesOf({ attributes, studyInstanceUid, frameOfReferenceUid }: DicomOrigin): DicomDataset {
  const known = writtenWhenKnown.filter((keyword) => (attributes[keyword]?.length ?? 0) > 0);
  const copied = [...alwaysWritten, ...known].map((keyword) => [keyword, attributes[keyword] ?? []]);
  return {
    LossyImageCompression: "00",
    ...Object.fromEntries(copied),
    StudyInstanceUID: studyInstanceUid,
    FrameOfReferenceUID: frameOfReferenceUid,
    PositionReferenceIndicator: attributes.PositionReferenceIndicator ?? [],
  };
}
