import { strict as assert } from "node:assert";
import { findScans } from "../../../../pipeline/io/find-scans.ts";
import {
  COLUMNS,
  type DicomValue,
  dicomFile,
  ROWS,
  raw,
  sequence,
  shorts,
  text,
  words,
} from "../../../support/dicom-builder.ts";
import { fileOf } from "../../../support/read-bytes.ts";
import { type Outcome, readDicomBytes } from "../../../support/read-dicom-bytes.ts";

const tags = {
  SpecificCharacterSet: "0008,0005",
  SOPClassUID: "0008,0016",
  Modality: "0008,0060",
  SeriesDescription: "0008,103e",
  PatientName: "0010,0010",
  PatientID: "0010,0020",
  SeriesInstanceUID: "0020,000e",
  ImagePositionPatient: "0020,0032",
  ImageOrientationPatient: "0020,0037",
  SamplesPerPixel: "0028,0002",
  PhotometricInterpretation: "0028,0004",
  PlanarConfiguration: "0028,0006",
  NumberOfFrames: "0028,0008",
  Rows: "0028,0010",
  Columns: "0028,0011",
  PixelSpacing: "0028,0030",
  BitsAllocated: "0028,0100",
  BitsStored: "0028,0101",
  HighBit: "0028,0102",
  PixelRepresentation: "0028,0103",
  BurnedInAnnotation: "0028,0301",
  RescaleIntercept: "0028,1052",
  RescaleSlope: "0028,1053",
  FloatPixelData: "7fe0,0008",
  PixelData: "7fe0,0010",
} as const;

/** Pixels of the ordinary image; the builder's own count up from -17. */
const PIXELS = ROWS * COLUMNS;

const sliceWith = (tag: string, element: DicomValue | undefined) => dicomFile({ [tag]: element });

const filledWith = (value: number) => words(new Array<number>(PIXELS).fill(value));

async function assertRefused(content: Uint8Array, code: string): Promise<Outcome> {
  const outcome = await readDicomBytes(content);
  assert.equal(outcome.refused, code, outcome.text ?? outcome.skipped);
  return outcome;
}

async function goodScan(content: Uint8Array) {
  const outcome = await readDicomBytes(content);
  assert.equal(outcome.refused, undefined, outcome.text);
  if (outcome.scan === undefined) throw new Error(outcome.skipped);
  return { ...outcome, scan: outcome.scan, voxels: outcome.scan.channels[0].data };
}

describe("sizes of a DICOM image", () => {
  it("D28 refuses 65535 x 65535 pixels in a file of 512 bytes at once", async () => {
    const elements = { [tags.Rows]: shorts(65535), [tags.Columns]: shorts(65535) };
    const start = performance.now();
    await assertRefused(dicomFile(elements), "D_TOO_BIG");
    assert.ok(performance.now() - start < 500);
  });
  for (const [id, value] of [
    ["a", "2147483647"],
    ["b", "-1"],
    ["c", "abc"],
    ["e", "1e20"],
    ["f", "1\\2"],
  ])
    it(`D29${id} refuses NumberOfFrames ${value} with D_FRAMES_BAD`, () =>
      assertRefused(sliceWith(tags.NumberOfFrames, text("IS", value)), "D_FRAMES_BAD"));
  it("D29d takes an empty NumberOfFrames as absent", async () => {
    assert.equal((await goodScan(sliceWith(tags.NumberOfFrames, text("IS", "")))).voxels.length, PIXELS);
  });
  it("D30 refuses 0 rows with D_DIM_ZERO", () => assertRefused(sliceWith(tags.Rows, shorts(0)), "D_DIM_ZERO"));
  it("D31 refuses missing Rows with D_MISSING", () => assertRefused(sliceWith(tags.Rows, undefined), "D_MISSING"));
  for (const bits of [0, 12, 64])
    it(`D32-34 refuses BitsAllocated ${bits} with D_BITS`, () =>
      assertRefused(sliceWith(tags.BitsAllocated, shorts(bits)), "D_BITS"));
  it("D35 refuses more bits stored than allocated with D_BITS", () =>
    assertRefused(sliceWith(tags.BitsStored, shorts(17)), "D_BITS"));
  for (const samples of [0, 65535])
    it(`D37-38 refuses ${samples} samples per pixel with D_SAMPLES`, () =>
      assertRefused(sliceWith(tags.SamplesPerPixel, shorts(samples)), "D_SAMPLES"));
  it("D39 refuses three samples of MONOCHROME2 with D_PHOTOMETRIC", () =>
    assertRefused(sliceWith(tags.SamplesPerPixel, shorts(3)), "D_PHOTOMETRIC"));
  it("D83 refuses PALETTE COLOR with D_PHOTOMETRIC", () =>
    assertRefused(sliceWith(tags.PhotometricInterpretation, text("CS", "PALETTE COLOR")), "D_PHOTOMETRIC"));
  it("D40 refuses a pixel length of 0xFFFFFFFE with D_LENGTH", () =>
    assertRefused(sliceWith(tags.PixelData, raw("OW", Buffer.alloc(512), 0xfffffffe)), "D_LENGTH"));
  it("D91 reads 3 x 3 pixels of one byte, an odd number of bytes", async () => {
    const elements = {
      [tags.Rows]: shorts(3),
      [tags.Columns]: shorts(3),
      [tags.BitsAllocated]: shorts(8),
      [tags.BitsStored]: shorts(8),
      [tags.HighBit]: shorts(7),
      [tags.PixelData]: raw("OW", Buffer.of(1, 2, 3, 4, 5, 6, 7, 8, 9)),
    };
    assert.deepEqual([...(await goodScan(dicomFile(elements))).voxels], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe("rescale of a DICOM image", () => {
  const rescaled = (slope: string | undefined, intercept: string | undefined = "0") =>
    dicomFile({
      ...(slope === undefined ? {} : { [tags.RescaleSlope]: text("DS", slope) }),
      ...(intercept === undefined ? {} : { [tags.RescaleIntercept]: text("DS", intercept) }),
    });
  for (const slope of ["0", "nan", "1e400", "abc", "", "1\\2"])
    it(`D63 refuses a slope of ${JSON.stringify(slope)} with D_RESCALE`, () =>
      assertRefused(rescaled(slope), "D_RESCALE"));
  it("D63 refuses a decimal comma with D_RESCALE and says what is wrong", async () => {
    assert.match((await assertRefused(rescaled("1,5"), "D_RESCALE")).text ?? "", /comma/);
  });
  it("D63 applies a slope of -1 with a warning", async () => {
    const { voxels, warnings } = await goodScan(rescaled("-1", "5"));
    assert.deepEqual([...voxels.subarray(0, 3)], [22, 21, 20]);
    assert.ok(warnings.includes("D_RESCALE_NEGATIVE"));
  });
  it("keeps whole numbers whole: slope 2, intercept -1024 gives int16", async () => {
    const elements = {
      [tags.BitsStored]: shorts(12),
      [tags.HighBit]: shorts(11),
      [tags.RescaleSlope]: text("DS", "2"),
      [tags.RescaleIntercept]: text("DS", "-1024"),
    };
    const { voxels } = await goodScan(dicomFile(elements));
    assert.ok(voxels instanceof Int16Array);
    assert.deepEqual([...voxels.subarray(0, 3)], [-1058, -1056, -1054]);
  });
});

describe("geometry of a DICOM image", () => {
  for (const value of ["0\\0", "-1\\1", "nan\\1", "1", "1,5\\1,5", "1e-300\\1", "inf\\1", ""])
    it(`D64 refuses a pixel spacing of ${JSON.stringify(value)} with D_SPACING`, () =>
      assertRefused(sliceWith(tags.PixelSpacing, text("DS", value)), "D_SPACING"));
  it("D64 refuses a missing pixel spacing with D_SPACING", () =>
    assertRefused(sliceWith(tags.PixelSpacing, undefined), "D_SPACING"));
  for (const value of [
    "0\\0\\0\\0\\0\\0",
    "2\\0\\0\\0\\1\\0",
    "1\\0\\0\\1\\0\\0",
    "1\\0\\0\\0.1\\0.995\\0",
    "1\\0\\0\\0\\1",
    "nan\\0\\0\\0\\1\\0",
  ])
    it(`D65 refuses an orientation of ${value} with D_ORIENT`, () =>
      assertRefused(sliceWith(tags.ImageOrientationPatient, text("DS", value)), "D_ORIENT"));
  it("D66 D67 refuses a missing or broken position with D_POSITION", async () => {
    await assertRefused(sliceWith(tags.ImagePositionPatient, undefined), "D_POSITION");
    await assertRefused(sliceWith(tags.ImagePositionPatient, text("DS", "nan\\0\\0")), "D_POSITION");
  });
  it("keeps the numbers of the file: position, spacing, thickness of a single slice", async () => {
    const { scan } = await goodScan(dicomFile());
    assert.deepEqual(scan.channels[0].indexToLps.rows, [0, 0, 1, -10, 0, 2, 0, -20, 3, 0, 0, -30, 0, 0, 0, 1]);
  });
});

describe("identity in a DICOM image", () => {
  it("D68 D69 D70 reads files whose patient fields hold paths, markup and control characters", async () => {
    for (const value of ["../../../../tmp/evil", "<img onerror=alert(1)>", "a\nb\u001b[31mc\u0000d"]) {
      const elements = { [tags.PatientID]: text("LO", value), [tags.SeriesDescription]: text("LO", value) };
      const { scan } = await goodScan(dicomFile(elements));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be gone
      assert.doesNotMatch(JSON.stringify(scan.dicom?.attributes.PatientID ?? []), /[\u0000\u001b]/);
    }
  });
  it("D68 D69 D70 keeps what a file says of its patient out of listings and refusals", async () => {
    const secret = text("LO", "TOP\x1bSECRET\n../..");
    const elements = { [tags.PatientID]: secret, [tags.PatientName]: { ...secret, vr: "PN" } };
    const listing = await findScans([fileOf(dicomFile(elements), "a.dcm")]);
    assert.equal(listing.scans.length, 1);
    assert.doesNotMatch(JSON.stringify(listing), /SECRET/);
    const { text: why } = await assertRefused(dicomFile({ ...elements, [tags.Rows]: shorts(0) }), "D_DIM_ZERO");
    assert.doesNotMatch(why ?? "", /SECRET/);
  });
  it("D70 lists a series description on one line, whatever control characters it has", async () => {
    const elements = { [tags.SeriesDescription]: text("LO", "one\r\n\x1b[2Jtwo\x00\tthree") };
    const { scans } = await findScans([fileOf(dicomFile(elements), "a.dcm")]);
    assert.equal(scans[0].summary.description, "one [2Jtwo three");
  });
  it("D71 D72 refuses a UID that is a path or too long with D_UID", async () => {
    await assertRefused(sliceWith(tags.SeriesInstanceUID, text("UI", "../../etc/x")), "D_UID");
    await assertRefused(sliceWith(tags.SeriesInstanceUID, text("UI", `1.${"2".repeat(64)}`)), "D_UID");
  });
  it("D73 reads a single file whose series UID is empty", async () => {
    assert.equal((await goodScan(sliceWith(tags.SeriesInstanceUID, text("UI", "")))).voxels.length, PIXELS);
  });
  it("D74 D75 reads text in an unknown character set and broken UTF-8, with a warning", async () => {
    const name = raw("PN", Buffer.of(0x41, 0xff, 0xfe, 0x42));
    for (const characterSet of ["ISO_IR 999", "ISO_IR 192"]) {
      const elements = { [tags.SpecificCharacterSet]: text("CS", characterSet), [tags.PatientName]: name };
      const { warnings } = await goodScan(dicomFile(elements));
      assert.ok(warnings.includes("D_CHARSET"), warnings.join(" "));
    }
  });
  it("D84 warns P_BURNED_IN", async () => {
    const { warnings } = await goodScan(sliceWith(tags.BurnedInAnnotation, text("CS", "YES")));
    assert.ok(warnings.includes("P_BURNED_IN"));
  });
  it("D85 skips a file without pixels and says what it is", async () => {
    const elements = {
      [tags.PixelData]: undefined,
      [tags.SOPClassUID]: text("UI", "1.2.840.10008.5.1.4.1.1.481.5"),
      [tags.Modality]: text("CS", "RTPLAN"),
    };
    assert.match((await readDicomBytes(dicomFile(elements))).skipped ?? "", /not an image \(RTPLAN\)/);
  });
});

describe("values of DICOM pixels", () => {
  const unsigned = { [tags.PixelRepresentation]: shorts(0) };
  const twelveBits = { ...unsigned, [tags.BitsStored]: shorts(12), [tags.HighBit]: shorts(11) };
  it("D81 cuts off overlay bits above those stored, with a warning", async () => {
    const pixels = filledWith(0xf123);
    const { voxels, warnings } = await goodScan(dicomFile({ ...twelveBits, [tags.PixelData]: pixels }));
    assert.ok(voxels.every((value) => value === 0x123));
    assert.ok(warnings.includes("D_OVERLAY_BITS"));
  });
  const signed = { ...twelveBits, [tags.PixelRepresentation]: shorts(1) };
  it("D81 cuts overlay bits off signed values and keeps their sign, with a warning", async () => {
    const { voxels, warnings } = await goodScan(dicomFile({ ...signed, [tags.PixelData]: filledWith(0xafff) }));
    assert.ok(voxels.every((value) => value === -1));
    assert.deepEqual(warnings, ["D_CONSTANT", "D_OVERLAY_BITS"]);
  });
  it("extends the sign of 12-bit values, whether the file did or not, without a word", async () => {
    for (const stored of [0x0fff, 0xffff]) {
      const { voxels, warnings } = await goodScan(dicomFile({ ...signed, [tags.PixelData]: filledWith(stored) }));
      assert.ok(voxels.every((value) => value === -1));
      assert.deepEqual(warnings, ["D_CONSTANT"]);
    }
  });
  it("reads pixels that end below the highest bit", async () => {
    const pixels = filledWith(0x5120);
    const elements = {
      ...unsigned,
      [tags.BitsStored]: shorts(12),
      [tags.HighBit]: shorts(15),
      [tags.PixelData]: pixels,
    };
    assert.ok((await goodScan(dicomFile(elements))).voxels.every((value) => value === 0x512));
  });
  it("D82 refuses MONOCHROME1 in CT, and turns it round in MR with a warning", async () => {
    const pixels = words(Array.from({ length: PIXELS }, (_, i) => i));
    const inverted = {
      ...twelveBits,
      [tags.PixelData]: pixels,
      [tags.PhotometricInterpretation]: text("CS", "MONOCHROME1"),
    };
    await assertRefused(dicomFile({ ...inverted, [tags.Modality]: text("CS", "CT") }), "D_PHOTOMETRIC");
    const { voxels, warnings } = await goodScan(dicomFile(inverted));
    assert.deepEqual([...voxels.subarray(0, 2)], [4095, 4094]);
    assert.ok(warnings.includes("D_MONOCHROME1"));
  });
  it("D80 refuses floats that are no numbers with D_NONFINITE, and replaces them when asked to", async () => {
    const values = Float32Array.from({ length: PIXELS }, (_, i) => (i === 7 ? Number.NaN : i));
    const elements = {
      [tags.PixelData]: undefined,
      [tags.BitsAllocated]: shorts(32),
      [tags.FloatPixelData]: raw("OF", new Uint8Array(values.buffer)),
    };
    await assertRefused(dicomFile(elements), "D_NONFINITE");
    const { scan } = await readDicomBytes(dicomFile(elements), { nanTo: "min" });
    assert.equal(scan?.channels[0].data[7], 0);
  });
  it("D82 turns signed MONOCHROME1 round: the least value and the greatest change places", async () => {
    const { voxels } = await goodScan(sliceWith(tags.PhotometricInterpretation, text("CS", "MONOCHROME1")));
    assert.deepEqual([...voxels.subarray(0, 3)], [16, 15, 14]); // -1 - -17, as -32768 becomes 32767
  });
  it("refuses a lookup table in place of a slope with D_RESCALE", () =>
    assertRefused(sliceWith("0028,3000", sequence([{ "0028,3002": shorts(2, 0, 16) }])), "D_RESCALE"));
  it("D93 ignores an overlay larger than its data, with a warning", async () => {
    const elements = {
      "6000,0010": shorts(60000),
      "6000,0011": shorts(60000),
      "6000,3000": raw("OW", Buffer.alloc(8)),
    };
    const { voxels, warnings } = await goodScan(dicomFile(elements));
    assert.equal(voxels.length, PIXELS);
    assert.deepEqual(warnings, ["D_OVERLAY"]);
  });
  it("reads RGB side by side and plane by plane as three channels", async () => {
    const rgb = (planar: number) => ({
      [tags.Rows]: shorts(1),
      [tags.Columns]: shorts(2),
      [tags.SamplesPerPixel]: shorts(3),
      [tags.PlanarConfiguration]: shorts(planar),
      [tags.PhotometricInterpretation]: text("CS", "RGB"),
      [tags.BitsAllocated]: shorts(8),
      [tags.BitsStored]: shorts(8),
      [tags.HighBit]: shorts(7),
      [tags.PixelData]: raw("OB", planar === 0 ? Buffer.of(1, 2, 3, 4, 5, 6) : Buffer.of(1, 4, 2, 5, 3, 6)),
    });
    for (const planar of [0, 1]) {
      const { scan } = await goodScan(dicomFile(rgb(planar)));
      assert.deepEqual(
        scan.channels.map(({ data }) => [...data]),
        [
          [1, 4],
          [2, 5],
          [3, 6],
        ],
      );
    }
  });
});
