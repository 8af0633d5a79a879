import { strict as assert } from "node:assert";
import {
  intervalText,
  numberText,
  plainText,
  rangeText,
  shareText,
  timeText,
} from "../../../pipeline/report/number-text.ts";

describe("numberText", () => {
  it("says that a share is less than 1 where rounding would make it 1", () => {
    assert.deepEqual(
      [0.99994, 0.99996, 1, 0.5, Number.NaN].map((value) => numberText(value, 4)),
      ["0.9999", ">0.9999", "1.0000", "0.5000", "–"],
    );
  });
});

describe("intervalText", () => {
  it("gives the value alone where there is no interval", () => {
    assert.equal(intervalText({ value: 0.5, low: 0.25, high: 0.75 }, 2), "0.50 [0.25, 0.75]");
    assert.equal(intervalText({ value: 0.5, low: Number.NaN, high: Number.NaN }, 2), "0.50");
  });
});

describe("shareText", () => {
  it("gives two digits that count, however small the share", () => {
    assert.deepEqual([0.031, 0.000043, 0.5, 1, 0, Number.NaN].map(shareText), [
      "3.1 %",
      "0.0043 %",
      "50 %",
      "100 %",
      "0 %",
      "–",
    ]);
  });
});

describe("plainText", () => {
  it("gives the digits that count, in no powers of ten", () => {
    assert.deepEqual(
      [0.00123456, 12.3456, 1234.56, -0.5].map((value) => plainText(value, 3)),
      ["0.00123", "12.3", "1235", "-0.500"],
    );
  });
});

describe("timeText", () => {
  it("tells seconds, minutes and hours", () => {
    assert.deepEqual([4.5, 90, 2700, 6900, Number.NaN].map(timeText), [
      "4.50 s",
      "1.50 min",
      "45.0 min",
      "1.92 h",
      "–",
    ]);
  });
});

describe("rangeText", () => {
  it("gives both ends, or the one number that all are", () => {
    assert.deepEqual([rangeText([30, 24, 28]), rangeText([30, 30]), rangeText([])], ["24 to 30", "30", "none"]);
  });
});
