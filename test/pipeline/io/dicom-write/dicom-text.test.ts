import { strict as assert } from "node:assert";
import fc from "fast-check";
import { dateAndTime, decimalString, shortText } from "../../../../pipeline/io/dicom-write/dicom-text.ts";

describe("decimalString", () => {
  it("keeps as many digits as 16 characters hold", () => {
    assert.equal(decimalString(1 / 3), "0.33333333333333");
    assert.equal(decimalString(-1 / 3), "-0.3333333333333");
    assert.equal(decimalString(-123456.789012345), "-123456.78901235");
    assert.equal(decimalString(0.1), "0.1");
    assert.equal(decimalString(-0), "0");
  });

  it("writes every finite number in 16 characters, within 1e-8 of it", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e300, max: 1e300, noNaN: true }), (value) => {
        const text = decimalString(value);
        assert.ok(text.length <= 16, text);
        assert.match(text, /^[-+0-9.e]+$/);
        assert.ok(Math.abs(Number(text) - value) <= 1e-8 * Math.abs(value), `${value} became ${text}`);
      }),
    );
  });

  it("writes large round numbers with an exponent", () => {
    assert.equal(decimalString(1e16), "1e+16");
    assert.equal(decimalString(-1e20), "-1e+20");
  });

  it("refuses what is not finite", () => {
    assert.throws(() => decimalString(Number.NaN), RangeError);
  });
});

describe("shortText", () => {
  it("replaces value separators and control characters, and cuts whole characters", () => {
    assert.equal(shortText("left\\right\nliver\u0000", 64), "left right liver");
    assert.equal(shortText("𝒜𝒷𝒸", 2), "𝒜𝒷");
  });
});

describe("dateAndTime", () => {
  it("writes UTC without separators", () => {
    assert.deepEqual(dateAndTime(new Date("2026-01-02T03:04:05.678Z")), { date: "20260102", time: "030405" });
  });
});
