import { strict as assert } from "node:assert";
import { constants, deflateRawSync } from "node:zlib";
import { findScans } from "../../../../pipeline/io/find-scans.ts";
import { parsingPool } from "../../../../pipeline/io/parsing-pool.ts";
import { defaultLimits } from "../../../../pipeline/volume/limits.ts";
import {
  type DicomValue,
  dicomFile,
  encodedElement,
  encodedElements,
  imageElements,
  itemHeader,
  longs,
  raw,
  sequence,
  shorts,
  syntaxes,
  text,
  words,
} from "../../../support/dicom-builder.ts";
import { fileOf, readBytes, refusalCodeOf, warningCodesOf } from "../../../support/read-bytes.ts";

const MIB = 2 ** 20;
const PIXELS = "7fe0,0010";
const ramp = Array.from({ length: 35 }, (_, i) => i - 17);
const good = dicomFile();
const { [PIXELS]: pixels, ...header } = imageElements;
const implicit = { explicitVr: false, littleEndian: true };

const withoutPixels = encodedElements(header);
const pixelElement = encodedElements({ [PIXELS]: pixels });
/** A file whose data set has bytes between its header and its pixels. */
const withInside = (...inside: readonly Uint8Array[]) =>
  dicomFile({}, { dataSet: Buffer.concat([withoutPixels, ...inside, pixelElement]) });
const deflatedFile = (dataSet: Uint8Array) => dicomFile({}, { transferSyntax: syntaxes.deflated, dataSet });

/** Zeros deflated in pieces that can be repeated, after a beginning of its own. */
function bomb(beginning: Uint8Array, zeroBytes: number): Buffer {
  const piece = { level: 9, finishFlush: constants.Z_FULL_FLUSH };
  const zeros = deflateRawSync(Buffer.alloc(MIB), piece);
  const last = deflateRawSync(Buffer.alloc(0));
  return Buffer.concat([deflateRawSync(beginning, piece), ...new Array<Buffer>(zeroBytes / MIB).fill(zeros), last]);
}

/** Sequences inside each other, as deep as asked, that never end. */
function nested(depth: number): Buffer {
  const level = Buffer.concat([
    encodedElement("0040,a730", raw("SQ", new Uint8Array(0), 0xffffffff)),
    itemHeader("fffe,e000", 0xffffffff),
  ]);
  return Buffer.concat(new Array<Buffer>(depth).fill(level));
}

/** A file of them whose elements do not name their representation. */
function implicitNested(depth: number): Buffer {
  const level = Buffer.from("4000" + "30a7" + "ffffffff" + "feff00e0" + "ffffffff", "hex");
  const dataSet = Buffer.concat([encodedElements(header, implicit), ...new Array<Buffer>(depth).fill(level)]);
  return dicomFile({}, { transferSyntax: syntaxes.implicitLittle, dataSet });
}

/** A deflated file of 1 MiB that ends in pixels, or else a text, and 1 GiB of zeros. */
function bombOf(last: DicomValue | undefined): Buffer {
  const end = { [last === undefined ? "0040,a160" : PIXELS]: last ?? raw("UT", new Uint8Array(0), 1024 * MIB) };
  const meta = { "0002,0010": text("UI", syntaxes.deflated) };
  return dicomFile({}, { meta, dataSet: bomb(encodedElements({ ...header, ...end }), 1024 * MIB) });
}

/** Sequences inside each other, with lengths and whole. */
function nestedWithLengths(depth: number): Buffer {
  let inside = encodedElement("0008,0100", text("SH", "T"));
  for (let n = 0; n < depth; n++) {
    const item = Buffer.concat([itemHeader("fffe,e000", inside.length), inside]);
    inside = encodedElement("0040,a730", raw("SQ", item));
  }
  return inside;
}

type Row = readonly [row: string, what: string, bytes: Uint8Array, code: string];

const refused: readonly Row[] = [
  [
    "D18",
    "little endian that is called big endian",
    dicomFile({}, { transferSyntax: syntaxes.explicitBig, dataSet: encodedElements(imageElements) }),
    "D_TS_MISMATCH",
  ],
  [
    "D18",
    "big endian that is called little endian",
    dicomFile({}, { dataSet: encodedElements(imageElements, { explicitVr: true, littleEndian: false }) }),
    "D_TS_MISMATCH",
  ],
  [
    "D18",
    "implicit elements that are called explicit",
    dicomFile({}, { dataSet: encodedElements(imageElements, implicit) }),
    "D_TS_MISMATCH",
  ],
  [
    "D21",
    "half a deflated data set",
    deflatedFile(halfOf(deflateRawSync(encodedElements(imageElements)))),
    "D_INFLATE_TRUNC",
  ],
  ["D21", "a deflated data set that is none", deflatedFile(Buffer.alloc(99, 0xff)), "D_INFLATE"],
  ["D23", "a file cut inside its header", good.subarray(0, 303), "D_TRUNCATED"],
  ["D23", "a file cut between two elements of its header", dicomFile({}, { dataSet: withoutPixels }), "D_TRUNCATED"],
  ["D24", "a file cut inside its pixels", good.subarray(0, -30), "D_PIXEL_SHORT"],
  ["D25", "a file that is one byte short", good.subarray(0, -1), "D_PIXEL_SHORT"],
  ["D26", "two bytes of pixels too few", dicomFile({ [PIXELS]: words(ramp.slice(1)) }), "D_PIXEL_SHORT"],
  ["D40", "a pixel length of 0xfffffffe", dicomFile({ [PIXELS]: raw("OW", Buffer.alloc(70), 0xfffffffe) }), "D_LENGTH"],
  ["D42", "Rows of three bytes", dicomFile({ "0028,0010": raw("US", Buffer.of(5, 0, 0)) }), "D_VALUE_LENGTH"],
  ["D86", "Rows of 32 bits", dicomFile({ "0028,0010": longs(0x10000010) }), "D_VR"],
  [
    "D47",
    "an item longer than its sequence",
    withInside(encodedElement("0040,a730", raw("SQ", itemHeader("fffe,e000", 100)))),
    "D_LENGTH",
  ],
  [
    "D50",
    "an unknown representation that leads astray",
    withInside(encodedElement("0040,0001", raw("ZZ", Buffer.of(0, 0, 0, 8, 0, 0, 0, 1, 2, 3), 2))),
    "D_VR",
  ],
  [
    "D55",
    "a sequence that nothing ends",
    withInside(encodedElement("0040,a730", raw("SQ", itemHeader("fffe,e000", 0), 0xffffffff))),
    "D_STRUCTURE",
  ],
  [
    "D79",
    "a text of 64 MiB",
    withInside(encodedElement("0040,a160", raw("UT", Buffer.alloc(64 * MIB, 0x41)))),
    "D_VALUE_SIZE",
  ],
];

const read: readonly (readonly [row: string, what: string, bytes: Uint8Array, warnings: readonly string[]])[] = [
  ["D19", "a deflated data set", deflatedFile(deflateRawSync(encodedElements(imageElements))), []],
  ["D27", "one byte of padding behind the pixels", dicomFile({ [PIXELS]: raw("OW", padded(1)) }), []],
  ["D27", "ten bytes behind the last pixel", dicomFile({ [PIXELS]: raw("OW", padded(10)) }), ["D_PIXEL_EXTRA"]],
  [
    "D42",
    "a number of three bytes that nobody needs",
    dicomFile({ "0028,0009": raw("AT", Buffer.of(1, 2, 3)) }),
    ["D_VALUE_LENGTH"],
  ],
  ["D46", "2,000 empty items", dicomFile({ "0008,1140": sequence(new Array(2000).fill({})) }), []],
  [
    "D46",
    "2,000 empty items with delimiters",
    dicomFile({ "0008,1140": sequence(new Array(2000).fill({}), { delimited: true }) }),
    [],
  ],
  [
    "D49",
    "elements out of order",
    dicomFile(
      {},
      { dataSet: Buffer.concat([withoutPixels, encodedElement("0008,0070", text("LO", "X")), pixelElement]) },
    ),
    ["D_TAG_ORDER"],
  ],
  [
    "D50",
    "an unknown representation that can be skipped",
    withInside(encodedElement("0040,0001", raw("ZZ", Buffer.of(1, 2)))),
    ["D_VR"],
  ],
  ["D43", "30 sequences in each other", withInside(nestedWithLengths(30)), []],
  ["D51", "text of odd length", dicomFile({ "0010,4000": raw("LT", Buffer.from("odd")) }), ["D_ODD_LENGTH"]],
  [
    "D56",
    "delimiters that claim a length",
    withInside(
      encodedElement("0040,a730", raw("SQ", itemHeader("fffe,e000", 0), 0xffffffff)),
      itemHeader("fffe,e0dd", 0xffffffff),
    ),
    ["D_DELIMITER_LENGTH"],
  ],
  ["D74", "an unknown character set", dicomFile({ "0008,0005": text("CS", "KLINGON") }), ["D_CHARSET"]],
  [
    "D75",
    "invalid UTF-8",
    dicomFile({ "0008,0005": text("CS", "ISO_IR 192"), "0010,0010": raw("PN", Buffer.of(0xc3, 0x28, 0xff, 0x20)) }),
    ["D_CHARSET"],
  ],
  ["D76", "1 KiB of zeros at the end", Buffer.concat([good, Buffer.alloc(1024)]), ["D_TRAILING_ZEROS"]],
  ["D77", "junk at the end", Buffer.concat([good, Buffer.from("junk junk junk")]), ["D_TRAILING"]],
  [
    "D87",
    "an implicit private sequence inside UN",
    dicomFile({
      "0029,0010": text("LO", "SOMEBODY"),
      "0029,1001": {
        ...sequence([{ "0029,1002": longs(7) }]),
        vr: "UN",
        bytes: () => sequence([{ "0029,1002": longs(7) }], { delimited: true }).bytes(implicit),
        statedLength: 0xffffffff,
      },
    }),
    [],
  ],
  [
    "D87",
    "an implicit private item with a length inside UN",
    dicomFile({
      "0029,0010": text("LO", "SOMEBODY"),
      "0029,1001": raw("UN", sequence([{ "0029,1002": longs(7) }]).bytes(implicit)),
    }),
    [],
  ],
  ["D92", "a big-endian file", dicomFile({}, { transferSyntax: syntaxes.explicitBig }), []],
  ["D92", "an implicit file", dicomFile({}, { transferSyntax: syntaxes.implicitLittle }), []],
];

function halfOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length >> 1);
}

function padded(extra: number): Buffer {
  return Buffer.concat([words(ramp).bytes({ explicitVr: true, littleEndian: true }), Buffer.alloc(extra)]);
}

describe("readDataSet", () => {
  for (const [row, what, bytes, code] of refused)
    it(`${row} refuses ${what} with ${code}`, async () => {
      assert.equal(await refusalCodeOf(bytes, "a.dcm"), code);
    });

  for (const [row, what, bytes, warnings] of read)
    it(`${row} reads ${what} and warns ${warnings.length === 0 ? "of nothing" : `with ${warnings}`}`, async () => {
      const scan = await readBytes(bytes, "a.dcm");
      assert.deepEqual([...scan.channels[0].data], ramp);
      assert.deepEqual(warningCodesOf(scan), warnings);
    });

  const deep: readonly Row[] = [
    ["D43", "1,000 sequences in each other", withInside(nestedWithLengths(1000)), "D_DEPTH"],
    ["D44", "100,000 sequences in each other", withInside(nested(100_000)), "D_DEPTH"],
    ["D44", "100,000 implicit sequences in each other", implicitNested(100_000), "D_DEPTH"],
    [
      "D28",
      "65,535 x 65,535 pixels in 70 bytes",
      dicomFile({ "0028,0010": shorts(65535), "0028,0011": shorts(65535) }),
      "D_TOO_BIG",
    ],
    [
      "D28",
      "30,000 x 30,000 pixels in 70 bytes",
      dicomFile({ "0028,0010": shorts(30000), "0028,0011": shorts(30000) }),
      "D_PIXEL_SHORT",
    ],
    ["D20", "1 GiB of pixels deflated to 1 MiB", bombOf(raw("OW", new Uint8Array(0), 1024 * MIB)), "D_INFLATE_CAP"],
    ["D20", "1 GiB of zeros behind the pixels, deflated", bombOf(pixels), "D_INFLATE_CAP"],
    ["D20", "1 GiB of zeros in a text, deflated", bombOf(undefined), "D_VALUE_SIZE"],
  ];
  for (const [row, what, bytes, code] of deep)
    it(`${row} refuses ${what} with ${code} within 2 s and 300 MB`, async () => {
      const pool = parsingPool(1);
      const limits = { ...defaultLimits, childBytes: 300e6, parseMs: 2000 };
      assert.equal(await refusalCodeOf(bytes, "a.dcm", { pool, limits }), code);
      pool.close();
    });

  it("D85 skips a report and says that it is no image", async () => {
    const report = {
      ...header,
      "0008,0016": text("UI", "1.2.840.10008.5.1.4.1.1.88.11"),
      "0008,0060": text("CS", "SR"),
    };
    const { scans, refusals, skipped } = await findScans([
      fileOf(dicomFile({}, { dataSet: encodedElements(report) }), "a.dcm"),
    ]);
    assert.deepEqual([scans, refusals], [[], []]);
    assert.deepEqual(
      skipped.map(({ reason }) => reason),
      ["not an image (SR)"],
    );
  });
});
