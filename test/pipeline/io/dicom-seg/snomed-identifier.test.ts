import { strict as assert } from "node:assert";
import { isSnomedIdentifier } from "../../../../pipeline/io/dicom-seg/snomed-identifier.ts";

/** As published: liver, appendix, anatomical structure, left, spleen, and the core module of the release. */
const published = ["10200004", "66754008", "91723000", "7771000", "78961009", "900000000000207008"];

describe("isSnomedIdentifier", () => {
  it("accepts published codes", () => {
    for (const code of published) assert.ok(isSnomedIdentifier(code), code);
  });

  it("refuses every change of one digit and every exchange of two neighbours", () => {
    for (const code of published) {
      for (let at = 0; at < code.length; at++) {
        for (const digit of "0123456789")
          if (digit !== code[at]) assert.ok(!isSnomedIdentifier(code.slice(0, at) + digit + code.slice(at + 1)));
        const swapped = code.slice(0, at) + (code[at + 1] ?? "") + code[at] + code.slice(at + 2);
        if (swapped !== code) assert.ok(!isSnomedIdentifier(swapped), swapped);
      }
    }
  });

  it("refuses what is no number of 6 to 18 digits", () => {
    for (const code of ["", "T-62000", "0", "12345", "0123456", "1234567890123456789"])
      assert.ok(!isSnomedIdentifier(code), code);
  });
});
