import { strict as assert } from "node:assert";
import { encodeDicom } from "../../../../pipeline/io/dicom-write/encode-dicom.ts";
import { ConfigError } from "../../../../pipeline/volume/errors.ts";

const named = { SOPClassUID: "1.2.3", SOPInstanceUID: "2.25.1" };

/** Position of an explicit-VR element's first byte, found by its tag and VR. */
function elementAt(file: Buffer, tagAndVr: string): number {
  return file.indexOf(Buffer.from(tagAndVr, "hex"));
}

describe("encodeDicom", () => {
  it("begins with an empty preamble, the prefix and a file meta group that says explicit little endian", () => {
    const file = Buffer.concat(encodeDicom(named));
    assert.ok(file.subarray(0, 128).every((byte) => byte === 0));
    assert.equal(file.toString("latin1", 128, 132), "DICM");
    assert.ok(file.includes(Buffer.from("1.2.840.10008.1.2.1\0")));
  });

  it("writes text as UTF-8, unshortened, and empty values with length 0", () => {
    const file = Buffer.concat(encodeDicom({ ...named, PatientName: "Jörg", PatientID: "x".repeat(80), StudyID: [] }));
    assert.equal(file.indexOf(Buffer.from("PN\x06\0Jörg "), 132), elementAt(file, "10001000504e") + 4);
    assert.ok(file.includes(`LO\x50\0${"x".repeat(80)}`));
    assert.ok(elementAt(file, "2000100053480000") > 0);
  });

  it("gives an ambiguous VR the sign of the pixels", () => {
    const padding = (PixelRepresentation: number) =>
      Buffer.concat(
        encodeDicom({ ...named, PixelRepresentation, PixelPaddingValue: PixelRepresentation === 1 ? -2 : 7 }),
      );
    assert.ok(elementAt(padding(0), "2800200155530200 0700".replace(" ", "")) > 0);
    assert.ok(elementAt(padding(1), "2800200153530200 feff".replace(" ", "")) > 0);
  });

  it("hands the pixels on as they are, after a 12-byte head, padded to an even length", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const [, head, pixels, padding] = encodeDicom(named, { vr: "OB", bytes });
    assert.equal(Buffer.from(head).toString("hex"), "e07f10004f42000004000000");
    assert.equal(pixels, bytes);
    assert.deepEqual([...padding], [0]);
  });

  it("refuses a keyword that the standard does not have", () => {
    assert.throws(() => encodeDicom({ ...named, PatientNames: "x" }), ConfigError);
    assert.throws(() => encodeDicom({ ...named, constructor: "x" }), ConfigError);
    assert.throws(() => encodeDicom({ ...named, PixelData: [1] }), ConfigError);
  });
});
