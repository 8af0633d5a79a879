import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import {
  bytes,
  dicomFile,
  EXPLICIT,
  elementBytes,
  elementsBytes,
  goodSlice,
  SIDE,
  shorts,
  tags,
  text,
} from "../../../support/built-slice.ts";
import { type Outcome, readDicomBytes } from "../../../support/read-dicom-bytes.ts";

const DEFLATED = "1.2.840.10008.1.2.1.99";
const IMPLICIT = "1.2.840.10008.1.2";
const BIG_ENDIAN = "1.2.840.10008.1.2.2";

/** The slice came through with its very voxels. */
function assertGood({ scan, refused, text: why }: Outcome): void {
  assert.equal(refused, undefined, why);
  assert.deepEqual(
    [...(scan?.channels[0].data ?? [])],
    Array.from({ length: SIDE * SIDE }, (_, i) => i),
  );
}

async function assertRefused(content: Uint8Array, code: string): Promise<Outcome> {
  const outcome = await readDicomBytes(content);
  assert.equal(outcome.refused, code, outcome.text);
  return outcome;
}

async function assertWarned(content: Uint8Array, code: string): Promise<void> {
  const outcome = await readDicomBytes(content);
  assertGood(outcome);
  assert.ok(outcome.warnings.includes(code), outcome.warnings.join(" "));
}

describe("DICOM files that are none", () => {
  it("D01 refuses an empty file with D_EMPTY", () => assertRefused(Buffer.alloc(0), "D_EMPTY"));
  it("D02 refuses 132 zero bytes with D_NOT_DICOM", () => assertRefused(Buffer.alloc(132), "D_NOT_DICOM"));
  it("D03 refuses a preamble and nothing behind it with D_NO_META", () =>
    assertRefused(Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]), "D_NO_META"));
  it("D04 refuses random bytes with D_NOT_DICOM", () =>
    assertRefused(Buffer.concat([Buffer.of(0xaa), randomBytes(4095)]), "D_NOT_DICOM"));
  it("D06 refuses a log-in page with D_NOT_DICOM and says that it is one", async () => {
    const { text: why } = await assertRefused(Buffer.from("<!DOCTYPE html><title>Log in</title>"), "D_NOT_DICOM");
    assert.match(why ?? "", /web page saved as image/);
  });
  it("D07 refuses a Git LFS pointer with D_LFS_POINTER and the command to run", async () => {
    const pointer = Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n");
    const { text: why } = await assertRefused(pointer, "D_LFS_POINTER");
    assert.match(why ?? "", /git lfs pull/);
  });
});

describe("DICOM preambles and file meta information", () => {
  it("D08 D09 reads a file whose preamble begins like a program, with D_PREAMBLE_EXEC", async () => {
    for (const signature of [Buffer.from("MZ"), Buffer.of(0x7f, 0x45, 0x4c, 0x46)]) {
      const preamble = Buffer.alloc(128);
      signature.copy(preamble);
      await assertWarned(dicomFile({ preamble }), "D_PREAMBLE_EXEC");
    }
  });
  it("D10 reads a file without a preamble, with a warning", () =>
    assertWarned(dicomFile({ preamble: "none" }), "D_NO_PREAMBLE"));
  it("D11 guesses the encoding of a bare data set only when it accounts for every byte", async () => {
    for (const explicit of [true, false]) await assertWarned(dicomFile({ meta: "none", explicit }), "D_NO_META");
    await assertRefused(dicomFile({ meta: "none", tail: Buffer.of(1, 2, 3) }), "D_NOT_DICOM");
  });
  it("D12 D13 D14 walks file meta information whose length is absurd, 0, missing or too short", async () => {
    for (const metaLength of [0xfffffffe, 0, "none", 20] as const)
      await assertWarned(dicomFile({ metaLength }), "D_META_LENGTH");
  });
  it("D15 refuses a file without a transfer syntax with D_NO_TS", () =>
    assertRefused(dicomFile({ syntax: "" }), "D_NO_TS"));
  it("D16 refuses an unknown transfer syntax with D_TS_UNSUPPORTED and names it", async () => {
    const { text: why } = await assertRefused(dicomFile({ syntax: "1.2.3" }), "D_TS_UNSUPPORTED");
    assert.match(why ?? "", /1\.2\.3/);
  });
  it("D18 refuses little endian that says big endian with D_TS_MISMATCH", () =>
    assertRefused(dicomFile({ syntax: BIG_ENDIAN }), "D_TS_MISMATCH"));
});

describe("DICOM encodings", () => {
  it("reads implicit little endian", async () =>
    assertGood(await readDicomBytes(dicomFile({ syntax: IMPLICIT, explicit: false }))));
  it("D92 reads big endian", async () =>
    assertGood(await readDicomBytes(dicomFile({ syntax: BIG_ENDIAN, littleEndian: false }))));
  it("D19 reads a deflated data set", async () =>
    assertGood(await readDicomBytes(dicomFile({ syntax: DEFLATED, wrap: (dataSet) => deflateRawSync(dataSet) }))));
  it("D20 refuses a deflated bomb of 1 GiB with D_INFLATE_CAP within two seconds and 300 MB", async function () {
    this.timeout(10_000);
    const headers = elementsBytes({
      ...goodSlice,
      [tags.Rows]: shorts(32768),
      [tags.Columns]: shorts(16384),
      [tags.PixelData]: undefined,
    });
    const pixels = elementBytes(tags.PixelData, bytes("OW", Buffer.alloc(0), 2 ** 30));
    const zeros = deflateRawSync(Buffer.concat([headers, pixels, Buffer.alloc(2 ** 26)]), { level: 1 });
    const before = process.memoryUsage().rss;
    const start = performance.now();
    await assertRefused(dicomFile({ syntax: DEFLATED, wrap: () => zeros }), "D_INFLATE_CAP");
    assert.ok(performance.now() - start < 2000);
    assert.ok(process.memoryUsage().rss - before < 300e6);
  });
  it("D21 refuses a deflated data set that was cut in half with D_INFLATE_TRUNC", () =>
    assertRefused(
      dicomFile({
        syntax: DEFLATED,
        wrap: (dataSet) => {
          const whole = deflateRawSync(dataSet);
          return whole.subarray(0, whole.length >> 1);
        },
      }),
      "D_INFLATE_TRUNC",
    ));
});

describe("DICOM files that were cut off", () => {
  const whole = dicomFile();
  it("D23 refuses a header cut off with D_TRUNCATED", () => assertRefused(whole.subarray(0, 300), "D_TRUNCATED"));
  it("D24 refuses pixels cut off with D_PIXEL_SHORT", () => assertRefused(whole.subarray(0, -256), "D_PIXEL_SHORT"));
  it("D25 refuses a file that is one byte short with D_PIXEL_SHORT", () =>
    assertRefused(whole.subarray(0, -1), "D_PIXEL_SHORT"));
  it("D26 refuses a pixel length of 500 where 512 are needed with D_PIXEL_SHORT", () =>
    assertRefused(dicomFile({ elements: { [tags.PixelData]: bytes("OW", Buffer.alloc(500)) } }), "D_PIXEL_SHORT"));
  it("D27 ignores bytes behind the last pixel, with D_PIXEL_EXTRA above one byte of padding", async () => {
    const pixels = Buffer.from(elementBytes(tags.PixelData, goodSlice[tags.PixelData] ?? shorts())).subarray(12);
    const padded = (extra: number) =>
      dicomFile({ elements: { [tags.PixelData]: bytes("OW", Buffer.concat([pixels, Buffer.alloc(extra)])) } });
    await assertWarned(padded(88), "D_PIXEL_EXTRA");
  });
  it("D76 reads a file with 1 KB of zeros behind it, with a warning", () =>
    assertWarned(dicomFile({ tail: Buffer.alloc(1024) }), "D_TRAILING_ZEROS"));
  it("D77 reads a file with junk behind it, with a warning", () =>
    assertWarned(dicomFile({ tail: Buffer.from("junk that is no element at all") }), "D_TRAILING"));
});

describe("DICOM elements", () => {
  it("D42 refuses a number of three bytes where it is used, and warns where it is not", async () => {
    const odd = bytes("US", Buffer.of(16, 0, 0));
    await assertRefused(dicomFile({ elements: { [tags.Rows]: odd } }), "D_VALUE_LENGTH");
    await assertWarned(dicomFile({ elements: { "00280106": odd } }), "D_VALUE_LENGTH");
  });
  it("D43 D44 refuses 1,000 and 100,000 nested sequences with D_DEPTH within a second", async () => {
    for (const depth of [1000, 100_000]) {
      const opening = Buffer.concat([
        elementBytes("00081140", bytes("SQ", Buffer.alloc(0), 0xffffffff)),
        Buffer.from("feff00e0ffffffff", "hex"),
      ]);
      const nested = Buffer.concat(Array.from({ length: depth }, () => opening));
      const start = performance.now();
      await assertRefused(dicomFile({ wrap: (dataSet) => Buffer.concat([nested, dataSet]) }), "D_DEPTH");
      assert.ok(performance.now() - start < 1000);
    }
  });
  it("D46 reads a sequence of 2,000 empty items", async () => {
    const items = Buffer.concat(Array.from({ length: 2000 }, () => Buffer.from("feff00e000000000", "hex")));
    assertGood(await readDicomBytes(dicomFile({ elements: { "00081140": bytes("SQ", items) } })));
  });
  it("D47 refuses an item longer than its sequence with D_LENGTH", () =>
    assertRefused(
      dicomFile({ elements: { "00081140": bytes("SQ", Buffer.from("feff00e0ff000000", "hex")) } }),
      "D_LENGTH",
    ));
  it("D49 reads elements out of order, with a warning", async () => {
    const late = elementBytes("00080070", text("LO", "Late"));
    const wrap = (dataSet: Buffer) => {
      const at = dataSet.indexOf(elementBytes(tags.PixelSpacing, goodSlice[tags.PixelSpacing] ?? shorts()));
      return Buffer.concat([dataSet.subarray(0, at), late, dataSet.subarray(at)]);
    };
    await assertWarned(dicomFile({ wrap }), "D_TAG_ORDER");
  });
  it("D50 skips an unknown representation when everything else then fits, and refuses when it does not", async () => {
    await assertWarned(dicomFile({ elements: { "00080070": text("ZZ", "Maker") } }), "D_VR");
    await assertRefused(dicomFile({ elements: { "00080070": bytes("ZZ", Buffer.alloc(400), 7) } }), "D_VR");
  });
  it("D51 reads a value of odd length, with a warning", () =>
    assertWarned(dicomFile({ elements: { "00080070": bytes("LO", Buffer.from("odd")) } }), "D_ODD_LENGTH"));
  it("D79 refuses a text of 64 MiB with D_VALUE_SIZE", async function () {
    this.timeout(10_000);
    await assertRefused(
      dicomFile({ elements: { "00204000": bytes("UT", Buffer.alloc(2 ** 26, 65)) } }),
      "D_VALUE_SIZE",
    );
  });
  it("D86 refuses Rows of another representation with D_VR", () =>
    assertRefused(dicomFile({ elements: { [tags.Rows]: bytes("UL", Buffer.of(16, 0, 0, 16)) } }), "D_VR"));
  it("D87 reads a private sequence inside UN", async () => {
    const item = Buffer.concat([Buffer.from("feff00e00a000000", "hex"), Buffer.from("09001000020000004142", "hex")]);
    const elements = { "00090010": text("LO", "MAKER"), "00091001": bytes("UN", item) };
    assertGood(await readDicomBytes(dicomFile({ elements })));
  });
  it("keeps explicit little endian the default of this builder", async () => {
    assertGood(await readDicomBytes(dicomFile({ syntax: EXPLICIT })));
  });
});
