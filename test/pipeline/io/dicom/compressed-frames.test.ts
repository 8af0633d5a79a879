import { strict as assert } from "node:assert";
import {
  COLUMNS,
  type DicomElements,
  dicomFile,
  encapsulated,
  ROWS,
  sequence,
  shorts,
  syntaxes,
  text,
} from "../../../support/dicom-builder.ts";
import { type Outcome, readDicomBytes } from "../../../support/read-dicom-bytes.ts";

const rle = (pixels: DicomElements) => dicomFile(pixels, { transferSyntax: syntaxes.rle });

async function assertRefused(content: Uint8Array, code: string): Promise<Outcome> {
  const outcome = await readDicomBytes(content);
  assert.equal(outcome.refused, code, outcome.text ?? outcome.skipped);
  return outcome;
}

/** DICOM RLE of 5 x 7 pixels of 16 bits: high bytes all 1, low bytes 0 to 34, as runs and as literals. */
function rleFrame(): Buffer {
  const pixels = ROWS * COLUMNS;
  const high = Buffer.of(257 - pixels, 1);
  const low = Buffer.concat([Buffer.of(pixels - 1), Buffer.from(Array.from({ length: pixels }, (_, i) => i))]);
  const header = Buffer.alloc(64);
  header.writeUInt32LE(2, 0);
  header.writeUInt32LE(64, 4);
  header.writeUInt32LE(64 + high.length, 8);
  return Buffer.concat([header, high, low, Buffer.alloc((high.length + low.length) % 2)]);
}

const PIXELS = "7fe0,0010";

describe("compressed DICOM pixels", () => {
  it("reads RLE: the first segment holds the high bytes", async () => {
    const { scan, text: why } = await readDicomBytes(rle({ [PIXELS]: encapsulated([rleFrame()]) }));
    assert.deepEqual(
      [...(scan?.channels[0].data ?? [])],
      Array.from({ length: ROWS * COLUMNS }, (_, i) => 256 + i),
      why,
    );
  });

  it("S28 reads two frames whose fragments follow each other without an offset table", async () => {
    const elements = { [PIXELS]: encapsulated([rleFrame(), rleFrame()]), "0028,0008": text("IS", "2") };
    const { refused } = await readDicomBytes(rle(elements));
    // Two frames without positions of their own make no volume; their pixels were found all the same.
    assert.equal(refused, "S_DUPLICATE");
  });

  it("D52 refuses encapsulated pixels without a fragment with D_NO_FRAGMENT", () =>
    assertRefused(rle({ [PIXELS]: encapsulated([]) }), "D_NO_FRAGMENT"));

  it("D55 reads pixels whose last fragment is followed by nothing, with a warning", async () => {
    const { scan, warnings } = await readDicomBytes(rle({ [PIXELS]: encapsulated([rleFrame()], { open: true }) }));
    assert.equal(scan?.channels[0].data[1], 257);
    assert.ok(warnings.includes("D_NO_DELIMITER"));
  });

  it("D56 takes a delimiter that states a length as one of length 0, with a warning", async () => {
    const file = rle({ [PIXELS]: encapsulated([rleFrame()]) });
    file.writeUInt32LE(0xffffffff, file.length - 4);
    const { scan, warnings } = await readDicomBytes(file);
    assert.equal(scan?.channels[0].data[1], 257);
    assert.ok(warnings.includes("D_DELIMITER_LENGTH"));
  });

  it("refuses native pixels under a compressed transfer syntax with D_TS_MISMATCH", () =>
    assertRefused(rle({}), "D_TS_MISMATCH"));

  for (const syntax of ["jpeg", "jpegLossless", "jpegLs", "jpeg2000", "htj2k"] as const)
    it(`D57 D60 refuses garbage in place of ${syntax} with D_CODEC, and names the frame`, async () => {
      const elements = { [PIXELS]: encapsulated([Buffer.from("this is no picture at all.")]) };
      const { text: why } = await assertRefused(dicomFile(elements, { transferSyntax: syntaxes[syntax] }), "D_CODEC");
      assert.match(why ?? "", /frame 1/);
    });

  it("D58 D59 refuses RLE of four billion segments, and one that begins beyond the frame, with D_RLE", async () => {
    const many = rleFrame();
    many.writeUInt32LE(0xffffffff, 0);
    await assertRefused(rle({ [PIXELS]: encapsulated([many]) }), "D_RLE");
    const beyond = rleFrame();
    beyond.writeUInt32LE(1_000_000, 8);
    await assertRefused(rle({ [PIXELS]: encapsulated([beyond]) }), "D_RLE");
  });

  it("refuses RLE that ends early with D_RLE", () =>
    assertRefused(rle({ [PIXELS]: encapsulated([rleFrame().subarray(0, 80)]) }), "D_RLE"));

  it("D61 refuses JPEG 2000 that says 2^32 x 2^32 before it is decoded", async () => {
    const size = Buffer.alloc(60);
    size.writeUInt32BE(0xff4fff51, 0);
    size.writeUInt32BE(0xffffffff, 8);
    size.writeUInt32BE(0xffffffff, 12);
    size.writeUInt16BE(1, 40);
    size[42] = 15;
    const start = performance.now();
    const { text: why } = await assertRefused(
      dicomFile({ [PIXELS]: encapsulated([size]) }, { transferSyntax: syntaxes.jpeg2000 }),
      "D_CODEC",
    );
    assert.match(why ?? "", /4294967295 x 4294967295/);
    assert.ok(performance.now() - start < 500);
  });

  it("D89 leaves bytes that look like a delimiter inside a fragment to the decoder", async () => {
    const frame = Buffer.concat([rleFrame(), Buffer.from("feffdde000000000", "hex")]);
    const { scan } = await readDicomBytes(rle({ [PIXELS]: encapsulated([frame]) }));
    assert.equal(scan?.channels[0].data[34], 256 + 34);
  });

  it("D90 refuses functional groups that are not as many as the frames with D_FRAMES_BAD", async () => {
    const elements = { "0028,0008": text("IS", "1"), "5200,9230": sequence([{}, {}]), "0028,0002": shorts(1) };
    await assertRefused(dicomFile(elements), "D_FRAMES_BAD");
  });
});
