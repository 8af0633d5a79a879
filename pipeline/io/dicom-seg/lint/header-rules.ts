import type { DicomOrigin } from "../../../volume/scan.ts";
import type { DicomDataSet } from "../../dicom/data-set.ts";
import type { Keyword } from "../../dicom/dictionary.ts";
import { hasAttribute, itemsOf, textOf, textsOf } from "../../dicom/values.ts";
import { copiedKeywords } from "../../dicom-write/copied-attributes.ts";
import { encodings } from "../segmentation-encodings.ts";
import type { LintRule } from "./lint-rule.ts";

const UID = /^(?=.{1,64}$)(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+$/;

const filled: readonly Keyword[] = [
  "Manufacturer",
  "ManufacturerModelName",
  "DeviceSerialNumber",
  "SoftwareVersions",
  "SeriesNumber",
  "InstanceNumber",
  "ContentDate",
  "ContentTime",
  "ContentLabel",
  "ContentCreatorName",
  "LossyImageCompression",
];

/** Rules on the attributes outside segments and frames. */
export const headerRules: readonly LintRule[] = [
  {
    name: "source-patient-and-study",
    check: (file, { origin }) => {
      const differing = copiedKeywords.filter((keyword) => !repeats(file, origin, keyword as Keyword));
      if (textOf(file, "StudyInstanceUID") !== origin.studyInstanceUid) differing.push("StudyInstanceUID");
      return differing.length === 0 ? undefined : `not the source's: ${differing.join(", ")}`;
    },
  },
  {
    name: "own-series",
    check: (file, { origin }) =>
      textOf(file, "SeriesInstanceUID") === origin.seriesInstanceUid ? "the series UID is the source's" : undefined,
  },
  {
    name: "frame-of-reference",
    check: (file, { origin }) => {
      if (textOf(file, "FrameOfReferenceUID") !== origin.frameOfReferenceUid) return "not the source's, or missing";
      return hasAttribute(file, "PositionReferenceIndicator") ? undefined : "PositionReferenceIndicator is missing";
    },
  },
  {
    // The study's UID is the source's, right or wrong.
    name: "valid-uids",
    check: (file) => {
      const keywords = ["SOPInstanceUID", "SeriesInstanceUID", "SOPClassUID"] as const;
      const wrong = keywords.filter((keyword) => !UID.test(textOf(file, keyword) ?? ""));
      return wrong.length === 0 ? undefined : `not a UID: ${wrong.join(", ")}`;
    },
  },
  {
    name: "meta-matches-data-set",
    check: (file) =>
      file.meta?.sopInstanceUid === textOf(file, "SOPInstanceUID") &&
      file.meta?.sopClassUid === textOf(file, "SOPClassUID")
        ? undefined
        : "the file meta names another instance or class",
  },
  {
    name: "segmentation-class",
    check: (file) => {
      const encoding = Object.values(encodings).find(({ sopClassUid }) => sopClassUid === textOf(file, "SOPClassUID"));
      if (encoding === undefined) return "the SOP class is no segmentation";
      if (textOf(file, "SegmentationType") !== encoding.type) return `SegmentationType is not ${encoding.type}`;
      if (textOf(file, "Modality") !== "SEG") return "Modality is not SEG";
      return textsOf(file, "ImageType").join() === "DERIVED,PRIMARY" ? undefined : "ImageType is not DERIVED\\PRIMARY";
    },
  },
  {
    name: "filled-attributes",
    check: (file) => {
      const empty = filled.filter((keyword) => textOf(file, keyword) === undefined);
      return empty.length === 0 ? undefined : `missing or empty: ${empty.join(", ")}`;
    },
  },
  {
    name: "segments-overlap",
    check: (file) => (textOf(file, "SegmentsOverlap") === "NO" ? undefined : "SegmentsOverlap is not NO"),
  },
  { name: "referenced-series", check: (file, { origin }) => referencedSeriesFault(file, origin) },
];

function repeats(file: DicomDataSet, { attributes }: DicomOrigin, keyword: Keyword): boolean {
  const wanted = attributes[keyword] ?? [];
  if (keyword === "LossyImageCompression" && wanted.length === 0) return textOf(file, keyword) === "00";
  // Empty and absent text is the same to whoever compares two studies.
  return textsOf(file, keyword).join("\\").trim() === wanted.join("\\").trim();
}

function referencedSeriesFault(file: DicomDataSet, { seriesInstanceUid, slices }: DicomOrigin): string | undefined {
  const [series, ...others] = itemsOf(file, "ReferencedSeriesSequence");
  if (series === undefined || others.length > 0) return "not exactly one series";
  if (textOf(series, "SeriesInstanceUID") !== seriesInstanceUid) return "not the source's series";
  const listed = new Set(
    itemsOf(series, "ReferencedInstanceSequence").map((item) => textOf(item, "ReferencedSOPInstanceUID")),
  );
  const wanted = new Set(slices.map((slice) => slice?.sopInstanceUid).filter((uid) => uid !== undefined));
  const missing = [...wanted].filter((uid) => !listed.has(uid)).length;
  const dangling = [...listed].filter((uid) => uid === undefined || !wanted.has(uid)).length;
  return missing + dangling === 0 ? undefined : `${missing} source instances missing, ${dangling} that are none`;
}
