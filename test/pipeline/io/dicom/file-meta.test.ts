import { strict as assert } from "node:assert";
import { dicomFile, encodedElements, imageElements, longs, syntaxes, text } from "../../../support/dicom-builder.ts";
import { readBytes, refusalCodeOf, warningCodesOf } from "../../../support/read-bytes.ts";

const good = dicomFile();
const bytesOf = (content: string) => Buffer.from(content, "latin1");
const preambleOf = (...start: readonly number[]) => Buffer.concat([Buffer.from(start), Buffer.alloc(128)], 128);
const implicit = { explicitVr: false, littleEndian: true };

/** Fixed noise: a linear congruential generator of Numerical Recipes. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

const refused: readonly (readonly [row: string, what: string, bytes: Uint8Array, code: string])[] = [
  ["D01", "an empty file", Buffer.alloc(0), "D_EMPTY"],
  ["D02", "132 zero bytes", Buffer.alloc(132), "D_NOT_DICOM"],
  ["D03", "a preamble and DICM alone", good.subarray(0, 132), "D_NO_META"],
  ["D04", "4 KB of noise", noise(4096), "D_NOT_DICOM"],
  ["D06", "a web page", bytesOf("<!DOCTYPE html><title>Log in</title>"), "D_NOT_DICOM"],
  ["D07", "a Git LFS pointer", bytesOf("version https://git-lfs.github.com/spec/v1\n"), "D_LFS_POINTER"],
  [
    "D10",
    "meta information without preamble and a torn data set",
    dicomFile({}, { preamble: undefined }).subarray(0, 300),
    "D_TRUNCATED",
  ],
  [
    "D11",
    "a torn data set alone",
    dicomFile({}, { preamble: undefined, meta: undefined }).subarray(0, 99),
    "D_NOT_DICOM",
  ],
  [
    "D11",
    "a data set alone with a byte too many",
    Buffer.concat([dicomFile({}, { preamble: undefined, meta: undefined }), Buffer.of(7)]),
    "D_NOT_DICOM",
  ],
  ["D15", "no transfer syntax", dicomFile({}, { meta: { "0002,0010": undefined } }), "D_NO_TS"],
  ["D16", "transfer syntax 1.2.3", dicomFile({}, { transferSyntax: "1.2.3" }), "D_TS_UNSUPPORTED"],
];

const read: readonly (readonly [row: string, what: string, bytes: Uint8Array, warning: string])[] = [
  ["D08", "a Windows program's preamble", dicomFile({}, { preamble: preambleOf(0x4d, 0x5a) }), "D_PREAMBLE_EXEC"],
  [
    "D09",
    "a Linux program's preamble",
    dicomFile({}, { preamble: preambleOf(0x7f, 0x45, 0x4c, 0x46) }),
    "D_PREAMBLE_EXEC",
  ],
  ["D10", "meta information without preamble", dicomFile({}, { preamble: undefined }), "D_NO_PREAMBLE"],
  ["D11", "an explicit data set alone", dicomFile({}, { preamble: undefined, meta: undefined }), "D_NO_META"],
  ["D11", "an implicit data set alone", encodedElements(imageElements, implicit), "D_NO_META"],
  ["D12", "a meta length of 0xfffffffe", dicomFile({}, { meta: { "0002,0000": longs(0xfffffffe) } }), "D_META_LENGTH"],
  ["D13", "a meta length of 0", dicomFile({}, { meta: { "0002,0000": longs(0) } }), "D_META_LENGTH"],
  ["D13", "no meta length", dicomFile({}, { meta: { "0002,0000": undefined } }), "D_META_LENGTH"],
  ["D14", "a meta length that is too short", dicomFile({}, { meta: { "0002,0000": longs(20) } }), "D_META_LENGTH"],
];

describe("readFileMeta", () => {
  for (const [row, what, bytes, code] of refused)
    it(`${row} refuses ${what} with ${code}`, async () => {
      assert.equal(await refusalCodeOf(bytes, "a.dcm"), code);
    });

  for (const [row, what, bytes, warning] of read)
    it(`${row} reads ${what} and warns with ${warning}`, async () => {
      const scan = await readBytes(bytes, "a.dcm");
      assert.deepEqual(
        [...scan.channels[0].data],
        Array.from({ length: 35 }, (_, i) => i - 17),
      );
      assert.deepEqual(warningCodesOf(scan), [warning]);
    });

  it("D06 says that a web page is one", async () => {
    await assert.rejects(readBytes(bytesOf("<html>"), "a.dcm"), /web page saved as image.*Log in/);
  });

  it("D07 says how to fetch what a Git LFS pointer stands for", async () => {
    await assert.rejects(readBytes(bytesOf("version https://git-lfs.github.com/spec/v1\n"), "a.dcm"), /git lfs pull/);
  });

  it("D16 names the transfer syntax", async () => {
    await assert.rejects(readBytes(dicomFile({}, { transferSyntax: "1.2.3" }), "a.dcm"), /got 1\.2\.3\./);
  });

  it("walks no meta information for a transfer syntax of 70 letters", async () => {
    const meta = { "0002,0010": text("UI", `${syntaxes.explicitLittle}.${"1".repeat(70)}`) };
    assert.equal(await refusalCodeOf(dicomFile({}, { meta }), "a.dcm"), "D_NO_TS");
  });
});
