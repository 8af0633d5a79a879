import { strict as assert } from "node:assert";
import { readDataSet } from "../../../../../pipeline/io/dicom/data-set.ts";
import {
  type LintFinding,
  lintRules,
  lintSegmentation,
} from "../../../../../pipeline/io/dicom-seg/lint/lint-segmentation.ts";
import { binaryFramesOf, labelmapFramesOf } from "../../../../../pipeline/io/dicom-seg/segment-frames.ts";
import { segmentationDatasetOf } from "../../../../../pipeline/io/dicom-seg/segmentation-dataset.ts";
import { type DicomDataset, encodeDicom } from "../../../../../pipeline/io/dicom-write/encode-dicom.ts";
import { randomFrom } from "../../../../../pipeline/volume/random.ts";
import { gutClasses, obliqueGrid, originOnGrid, randomLabels } from "../../../../support/phantom-series.ts";

const grid = obliqueGrid([5, 23, 38], {
  spacingMm: [3, 2, 1],
  angles: [0.3, -0.2, 0.1],
  originXyz: [-12.5, 33, -101.25],
});
const origin = originOnGrid(grid);
const labels = randomLabels(grid, { random: randomFrom(1), ids: [1, 2, 3, 4, 5] });
const algorithm = { name: "gut-net", version: "2.0" };
const now = new Date("2026-01-02T03:04:05Z");

const binary = binaryFramesOf(labels, gutClasses);
const expected = { origin, labels, classes: binary.classes };
const good = segmentationDatasetOf({ ...binary, origin, bitsAllocated: 1, options: { algorithm }, now });

const rulesOf = (findings: readonly LintFinding[]) => findings.map(({ rule }) => rule);

/** The rules that a data set breaks. */
async function broken(dataset: DicomDataset, bytes: Uint8Array = binary.pixels): Promise<readonly string[]> {
  const file = Buffer.concat(encodeDicom(dataset, { vr: "OB", bytes }));
  return rulesOf(await lintSegmentation(readDataSet(file, { where: "test.dcm" }), expected));
}

type Fault = (dataset: DicomDataset) => DicomDataset;

const set =
  (changes: DicomDataset): Fault =>
  (dataset) => ({ ...dataset, ...changes });

const itemsIn = (dataset: DicomDataset, sequence: string) => dataset[sequence] as readonly DicomDataset[];

/** Applies a fault to one item of a sequence. */
const inItem =
  (sequence: string, index: number, fault: Fault): Fault =>
  (dataset) => ({
    ...dataset,
    [sequence]: itemsIn(dataset, sequence).with(index, fault(itemsIn(dataset, sequence)[index])),
  });

const inSegment = (fault: Fault) => inItem("SegmentSequence", 1, fault);
const inShared = (fault: Fault) => inItem("SharedFunctionalGroupsSequence", 0, fault);
const inFrame = (fault: Fault) => inItem("PerFrameFunctionalGroupsSequence", 2, fault);
const inSource = (fault: Fault) =>
  inFrame(inItem("DerivationImageSequence", 0, inItem("SourceImageSequence", 0, fault)));
const without = (...keywords: readonly string[]) =>
  set(Object.fromEntries(keywords.map((keyword) => [keyword, undefined])));

const frames = itemsIn(good, "PerFrameFunctionalGroupsSequence");
const code = (value: string, meaning: string) => [
  { CodeValue: value, CodingSchemeDesignator: "SCT", CodeMeaning: meaning },
];
const shared = itemsIn(good, "SharedFunctionalGroupsSequence")[0];
const cosines = itemsIn(shared, "PlaneOrientationSequence")[0].ImageOrientationPatient as readonly string[];

/** A fault and the rule that has to name it; those that dciodvfy lets pass are marked. */
const faults: readonly (readonly [fault: string, rule: string, change: Fault])[] = [
  ["frame of reference missing (missed by dciodvfy)", "frame-of-reference", without("FrameOfReferenceUID")],
  [
    "frame of reference of another series (missed by dciodvfy)",
    "frame-of-reference",
    set({ FrameOfReferenceUID: "2.25.9" }),
  ],
  ["position reference indicator missing", "frame-of-reference", without("PositionReferenceIndicator")],
  ["another study (missed by dciodvfy)", "source-patient-and-study", set({ StudyInstanceUID: "2.25.9" })],
  ["another patient (missed by dciodvfy)", "source-patient-and-study", set({ PatientID: "P-2" })],
  ["another birth date", "source-patient-and-study", set({ PatientBirthDate: "19710102" })],
  ["overlap not stated (missed by dciodvfy)", "segments-overlap", without("SegmentsOverlap")],
  ["content creator missing (missed by dciodvfy)", "filled-attributes", without("ContentCreatorName")],
  ["serial number missing", "filled-attributes", without("DeviceSerialNumber")],
  [
    "source image missing (missed by dciodvfy)",
    "frame-source",
    inFrame(inItem("DerivationImageSequence", 0, without("SourceImageSequence"))),
  ],
  ["derivation missing (missed by dciodvfy)", "frame-source", inFrame(without("DerivationImageSequence"))],
  [
    "dangling source reference (missed by dciodvfy)",
    "frame-source",
    inSource(set({ ReferencedSOPInstanceUID: "2.25.9" })),
  ],
  [
    "source image of another slice",
    "frame-source",
    inSource(set({ ReferencedSOPInstanceUID: `2.25.${5001 + ((binary.frames[2].slice + 1) % 5)}` })),
  ],
  ["source image without its purpose", "frame-source", inSource(without("PurposeOfReferenceCodeSequence"))],
  ["pixel measures missing (missed by dciodvfy)", "pixel-measures", inShared(without("PixelMeasuresSequence"))],
  [
    "rows and columns exchanged in their spacing",
    "pixel-measures",
    inShared(inItem("PixelMeasuresSequence", 0, set({ PixelSpacing: ["1", "2"] }))),
  ],
  [
    "slice step missing",
    "pixel-measures",
    inShared(inItem("PixelMeasuresSequence", 0, without("SpacingBetweenSlices"))),
  ],
  ["a frame without position (missed by dciodvfy)", "frame-positions", inFrame(without("PlanePositionSequence"))],
  [
    "a frame between two slices",
    "frame-positions",
    inFrame(inItem("PlanePositionSequence", 0, set({ ImagePositionPatient: ["0", "0", "0"] }))),
  ],
  [
    "mirrored orientation (missed by dciodvfy)",
    "plane-orientation",
    inShared(
      set({
        PlaneOrientationSequence: [
          { ImageOrientationPatient: cosines.map((value, n) => (n < 3 ? String(-Number(value)) : value)) },
        ],
      }),
    ),
  ],
  [
    "all frames at one position (missed by dciodvfy)",
    "distinct-frames",
    set({
      PerFrameFunctionalGroupsSequence: frames.map((frame) => ({
        ...frame,
        PlanePositionSequence: frames[0].PlanePositionSequence,
      })),
    }),
  ],
  [
    "an invented code (missed by dciodvfy)",
    "segment-codes",
    inSegment(set({ SegmentedPropertyTypeCodeSequence: code("123456789", "Duodenum") })),
  ],
  [
    "a wrong meaning (missed by dciodvfy)",
    "segment-codes",
    inSegment(set({ SegmentedPropertyTypeCodeSequence: code("38848004", "Stomach") })),
  ],
  ["no category", "segment-codes", inSegment(without("SegmentedPropertyCategoryCodeSequence"))],
  [
    "two frames with the same index (missed by dciodvfy)",
    "dimensions",
    inFrame(set({ FrameContentSequence: frames[1].FrameContentSequence })),
  ],
  [
    "index values of another organization",
    "dimensions",
    set({ DimensionOrganizationSequence: [{ DimensionOrganizationUID: "2.25.9" }] }),
  ],
  ["an index value too few", "dimensions", inFrame(set({ FrameContentSequence: [{ DimensionIndexValues: [9] }] }))],
  [
    "a source instance missing from the list",
    "referenced-series",
    inItem("ReferencedSeriesSequence", 0, (series) => ({
      ...series,
      ReferencedInstanceSequence: itemsIn(series, "ReferencedInstanceSequence").slice(1),
    })),
  ],
  [
    "a dangling instance in the list (missed by dciodvfy)",
    "referenced-series",
    inItem(
      "ReferencedSeriesSequence",
      0,
      inItem("ReferencedInstanceSequence", 0, set({ ReferencedSOPInstanceUID: "2.25.9" })),
    ),
  ],
  [
    "another referenced series",
    "referenced-series",
    inItem("ReferencedSeriesSequence", 0, set({ SeriesInstanceUID: "2.25.9" })),
  ],
  ["the source's series UID (missed by dciodvfy)", "own-series", set({ SeriesInstanceUID: origin.seriesInstanceUid })],
  ["a UID that is none", "valid-uids", set({ SeriesInstanceUID: "2.25.01" })],
  ["another modality", "segmentation-class", set({ Modality: "CT" })],
  ["an image that calls itself original", "segmentation-class", set({ ImageType: ["ORIGINAL", "PRIMARY"] })],
  ["segments numbered from 2", "segment-numbers", inItem("SegmentSequence", 0, set({ SegmentNumber: 9 }))],
  ["another class's label", "segment-labels", inSegment(set({ SegmentLabel: "rectum" }))],
  ["no label", "segment-labels", inSegment(set({ SegmentLabel: [] }))],
  ["no algorithm name", "segment-algorithm", inSegment(without("SegmentAlgorithmName"))],
  [
    "no algorithm identification",
    "segment-algorithm",
    inSegment(without("SegmentationAlgorithmIdentificationSequence")),
  ],
  ["no tracking UID", "segment-tracking", inSegment(without("TrackingUID"))],
  ["no colour", "segment-colour", inSegment(without("RecommendedDisplayCIELabValue"))],
  [
    "a frame of no segment",
    "frame-segments",
    inFrame(set({ SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 77 }] })),
  ],
  [
    "a frame of another segment",
    "voxels",
    inFrame(set({ SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 5 }] })),
  ],
  ["fewer functional groups than frames", "frame-count", set({ PerFrameFunctionalGroupsSequence: frames.slice(1) })],
  ["eight bits allocated", "pixel-format", set({ BitsAllocated: 8, BitsStored: 8, HighBit: 7 })],
  ["inverted grey", "pixel-format", set({ PhotometricInterpretation: "MONOCHROME1" })],
];

describe("lintSegmentation", () => {
  it("finds nothing wrong with a BINARY segmentation as it is written", async () => {
    assert.deepEqual(await broken(good), []);
  });

  it("finds nothing wrong with a LABELMAP as it is written", async () => {
    const content = labelmapFramesOf(labels, gutClasses);
    const dataset = segmentationDatasetOf({
      ...content,
      origin,
      bitsAllocated: 8,
      options: { encoding: "labelmap", algorithm },
      now,
    });
    assert.deepEqual(await broken(dataset, content.pixels), []);
  });

  for (const [name, rule, change] of faults)
    it(`names ${rule}: ${name}`, async () => {
      const found = await broken(change(good));
      assert.ok(found.includes(rule), `found ${found.join(", ") || "nothing"}`);
    });

  it("names voxels: all-zero pixels (missed by dciodvfy)", async () => {
    assert.deepEqual(await broken(good, new Uint8Array(binary.pixels.length)), ["voxels"]);
  });

  it("names voxels: one bit too many", async () => {
    const pixels = binary.pixels.slice();
    pixels[pixels.indexOf(0)] = 1;
    assert.deepEqual(await broken(good, pixels), ["voxels"]);
  });

  it("names pixel-length: one frame too short", async () => {
    assert.ok(await (await broken(good, binary.pixels.subarray(110))).includes("pixel-length"));
  });

  it("names meta-matches-data-set: another instance in the file meta", async () => {
    const file = Buffer.concat(encodeDicom(good, { vr: "OB", bytes: binary.pixels }));
    const uid = good.SOPInstanceUID as string;
    file.write("1", file.indexOf(uid) + uid.length - 1);
    file.write("2", file.lastIndexOf(uid.slice(0, -1)) + uid.length - 1);
    const rules = rulesOf(await lintSegmentation(readDataSet(file, { where: "test.dcm" }), expected));
    assert.deepEqual(rules, ["meta-matches-data-set"]);
  });

  it("has a test for each of its rules", async () => {
    const tested = [...faults.map(([, rule]) => rule), "voxels", "pixel-length", "meta-matches-data-set"];
    assert.deepEqual(new Set(lintRules.map(({ name }) => name)), new Set(tested));
  });
});
