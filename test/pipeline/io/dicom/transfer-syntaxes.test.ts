import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readScan } from "../../../../pipeline/io/read-scan.ts";
import { niftiVolumeOf } from "../../../support/dcm2niix.ts";
import {
  COLUMNS,
  type DicomElements,
  type DicomValue,
  dicomFile,
  encapsulated,
  raw,
  shorts,
  syntaxes,
  text,
  words,
} from "../../../support/dicom-builder.ts";
import { encodeHtj2k } from "../../../support/htj2k.ts";
import { readBytes } from "../../../support/read-bytes.ts";
import { assertSameInWorld } from "../../../support/same-in-world.ts";
import { sharedData } from "../../../support/shared-data.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { requireValidator } from "../../../support/validators.ts";

/** Sides of the encoded images: odd, and more than a block of JPEG each. */
const ROWS = 37;
const ramp = (most: number) => Array.from({ length: ROWS * COLUMNS }, (_, i) => (i * 7919) % (most + 1));

const sides = { "0028,0010": shorts(ROWS), "0028,0011": shorts(COLUMNS) };
const bits = (allocated: number, stored: number, signed = 0): DicomElements => ({
  "0028,0100": shorts(allocated),
  "0028,0101": shorts(stored),
  "0028,0102": shorts(stored - 1),
  "0028,0103": shorts(signed),
});

/** Images by what is special about them. */
const images: Readonly<Record<string, DicomElements>> = {
  "8 bits": { ...sides, ...bits(8, 8), "7fe0,0010": raw("OB", Buffer.from([...ramp(255), 0])) },
  "12 of 16 bits": { ...sides, ...bits(16, 12), "7fe0,0010": words(ramp(4095)) },
  "16 bits": { ...sides, ...bits(16, 16), "7fe0,0010": words(ramp(65535)) },
  "16 signed bits": { ...sides, ...bits(16, 16, 1), "7fe0,0010": words(ramp(65535).map((value) => value - 32768)) },
  "8-bit RGB": {
    ...sides,
    ...bits(8, 8),
    "0028,0002": shorts(3),
    "0028,0004": text("CS", "RGB"),
    "0028,0006": shorts(0),
    "7fe0,0010": raw("OB", Buffer.from([...ramp(255), ...ramp(250), ...ramp(240), 0])),
  },
};

const all = Object.keys(images);
const grey = all.filter((what) => what !== "8-bit RGB");
/** GDCM's RLE encoder fails on an odd number of pixel bytes. */
const wide = all.filter((what) => what.includes("16"));

/** Encoders of others, each lossless, and the images that each can take. */
const encoders: readonly {
  readonly name: string;
  readonly command: readonly string[];
  readonly takes: readonly string[];
}[] = [
  { name: "DCMTK's big endian", command: ["dcmconv", "+tb"], takes: ["16 signed bits"] },
  { name: "DCMTK's implicit little endian", command: ["dcmconv", "+ti"], takes: ["16 signed bits"] },
  { name: "DCMTK's deflated", command: ["dcmconv", "+td"], takes: ["16 signed bits"] },
  { name: "DCMTK's RLE", command: ["dcmcrle"], takes: all },
  // Colour would become YBR on the way, which rounds.
  { name: "DCMTK's JPEG lossless, first order", command: ["dcmcjpeg", "+e1"], takes: grey },
  { name: "DCMTK's JPEG lossless, predictor 6", command: ["dcmcjpeg", "+el", "+sv", "6"], takes: grey },
  { name: "DCMTK's JPEG-LS", command: ["dcmcjpls"], takes: all },
  { name: "GDCM's RLE", command: ["gdcmconv", "--rle"], takes: wide },
  { name: "GDCM's JPEG lossless", command: ["gdcmconv", "--jpeg"], takes: grey },
  { name: "GDCM's JPEG-LS", command: ["gdcmconv", "--jpegls"], takes: all },
  { name: "GDCM's JPEG 2000", command: ["gdcmconv", "--j2k"], takes: all },
];

describe("frameReader", function () {
  this.timeout(30_000);

  for (let n = 1; n <= 9; n++)
    it(`reads the real slice ${n} of nine encodings to the voxels and places of its dcm2niix reference`, async function () {
      const folder = sharedData(this, "data/dicom/transfer-syntaxes");
      const { channels } = await readScan(join(folder, `${n}.dcm`));
      const reference = await niftiVolumeOf(join(folder, "reference", `${n}.nii.gz`));
      assertSameInWorld(channels[0], reference, { mm: 1e-4 });
    });

  for (const { name, command, takes } of encoders)
    for (const what of takes)
      it(`reads ${name} of ${what} to the very pixels that went in`, async function () {
        requireValidator(this, "dcmtk");
        if (command[0] === "gdcmconv") requireValidator(this, "gdcm");
        const plain = dicomFile(images[what]);
        const pixelsOf = async (scan: ReturnType<typeof readBytes>) => (await scan).channels.map(({ data }) => data);
        assert.deepEqual(await pixelsOf(readScan(encoded(plain, command))), await pixelsOf(readBytes(plain, "a.dcm")));
      });

  for (const [what, elements] of Object.entries(images))
    it(`reads HTJ2K of ${what} to the very pixels that went in`, async () => {
      const plain = dicomFile(elements);
      const componentCount = elements["0028,0002"] === undefined ? 1 : 3;
      const bitsPerSample = numberIn(elements["0028,0101"]);
      const bytes = bytesIn(elements["7fe0,0010"]).subarray(
        0,
        ROWS * COLUMNS * componentCount * (bitsPerSample > 8 ? 2 : 1),
      );
      const isSigned = numberIn(elements["0028,0103"]) === 1;
      const frame = await encodeHtj2k(bytes, { width: COLUMNS, height: ROWS, bitsPerSample, componentCount, isSigned });
      const changes = { ...elements, "7fe0,0010": encapsulated([frame]) };
      const [ours, before] = [
        await readBytes(dicomFile(changes, { transferSyntax: syntaxes.htj2k }), "a.dcm"),
        await readBytes(plain, "a.dcm"),
      ];
      assert.deepEqual(
        ours.channels.map(({ data }) => data),
        before.channels.map(({ data }) => data),
      );
    });

  it("reads JPEG baseline in grey and colour within the few levels that DCMTK's own decoder leaves", async function () {
    requireValidator(this, "dcmtk");
    for (const what of ["8 bits", "8-bit RGB"]) {
      const compressed = encoded(dicomFile(smooth(images[what])), ["dcmcjpeg", "+eb"]);
      const decoded = join(temporaryFolder(), "decoded.dcm");
      execFileSync("dcmdjpeg", [compressed, decoded]);
      const [ours, theirs] = [await readScan(compressed), await readScan(decoded)];
      assert.equal(ours.channels.length, theirs.channels.length);
      for (const [c, { data }] of ours.channels.entries())
        for (const [i, value] of data.entries())
          assert.ok(Math.abs(value - theirs.channels[c].data[i]) <= 3, `${what} ${i}`);
    }
  });

  it("reads near-lossless JPEG-LS within the deviation that it was told", async function () {
    requireValidator(this, "dcmtk");
    const plain = dicomFile(images["12 of 16 bits"]);
    const near = (await readScan(encoded(plain, ["dcmcjpls", "+en", "+md", "2"]))).channels[0].data;
    for (const [i, value] of ramp(4095).entries()) assert.ok(Math.abs(near[i] - value) <= 2);
  });
});

const littleEndian = { explicitVr: true, littleEndian: true };

function bytesIn(value: DicomValue | undefined): Uint8Array {
  return value?.bytes(littleEndian) ?? assert.fail("no such element");
}

function numberIn(value: DicomValue | undefined): number {
  return Buffer.from(bytesIn(value)).readUInt16LE();
}

/** The same image with a gradient, which lossy compression keeps, in place of its pixels. */
function smooth(image: DicomElements): DicomElements {
  const samples = image["0028,0002"] === undefined ? 1 : 3;
  const length = ROWS * COLUMNS * samples;
  const pixels = Buffer.from(
    Array.from({ length: length + (length % 2) }, (_, i) => 40 + Math.floor(i / (8 * samples)) * 4),
  );
  return { ...image, "7fe0,0010": raw("OB", pixels) };
}

/** What another tool makes of a file. */
function encoded(plain: Uint8Array, [program, ...options]: readonly string[]): string {
  const folder = temporaryFolder();
  const [from, to] = [join(folder, "plain.dcm"), join(folder, "encoded.dcm")];
  writeFileSync(from, plain);
  execFileSync(program, [...options, from, to], { stdio: "pipe" });
  return to;
}
