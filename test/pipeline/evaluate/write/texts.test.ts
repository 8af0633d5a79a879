import { strict as assert } from "node:assert";
import { metricsNamed } from "../../../../pipeline/evaluate/metrics/index.ts";
import { describe as described } from "../../../../pipeline/evaluate/statistics/describe.ts";
import { markdownTable, markdownText } from "../../../../pipeline/evaluate/write/markdown.ts";
import {
  intervalText,
  meanText,
  medianText,
  percentText,
  pText,
  valueText,
} from "../../../../pipeline/evaluate/write/number-text.ts";
import { regionText } from "../../../../pipeline/evaluate/write/rules-text.ts";

const [dice, hd95, prevalence] = metricsNamed(["dice", "hd95", "prevalence"], "test");

describe("texts of numbers", () => {
  it("have four decimals for shares, two for mm and ml, three digits where there is no range", () => {
    assert.deepEqual([valueText(0.91239, dice), valueText(3.1444, hd95)], ["0.9124", "3.14"]);
    assert.deepEqual(
      [0.000012345, 0.0279, 12.34, 1234.5, 0].map((value) => valueText(value, prevalence)),
      ["0.0000123", "0.0279", "12.3", "1235", "0"],
    );
    assert.deepEqual(
      [Number.NaN, Infinity, -Infinity].map((value) => valueText(value, hd95)),
      ["–", "∞", "-∞"],
    );
  });

  it("give the standard deviation as many decimals as the mean, none for a single value", () => {
    assert.equal(meanText(described([0.8, 0.9]), dice), "0.8500 ± 0.0707");
    assert.equal(meanText(described([0.026, 0.03, 0.0235]), prevalence), "0.0265 ± 0.0033");
    assert.equal(meanText(described([0.8]), dice), "0.8000");
    assert.equal(meanText(described([Number.NaN]), dice), "–");
    assert.equal(medianText(described([1, 2, 3]), hd95), "2.00 [1.50, 2.50]");
  });

  it("mark intervals that are not BCa, and give p values as papers do", () => {
    const interval = { value: 1, low: 0.5, high: 1.5, level: 0.95, resamples: 10 };
    assert.equal(intervalText({ ...interval, method: "bca" }, hd95), "0.50 to 1.50");
    assert.equal(intervalText({ ...interval, method: "percentile" }, hd95), "0.50 to 1.50 *");
    assert.equal(intervalText({ ...interval, method: "none" }, hd95), "–");
    assert.deepEqual([0.0004, 0.0314, 1, Number.NaN].map(pText), ["< 0.001", "0.031", "1.000", "–"]);
    assert.deepEqual([0.0833, Number.NaN].map(percentText), ["8.3 %", "–"]);
  });
});

describe("markdownTable", () => {
  it("keeps bars, line breaks and tags of names inside their cells", () => {
    assert.equal(
      markdownTable(["class", "n"], [["a|b\n<i>", "1"]]),
      "| class | n |\n| :-- | --: |\n| a\\|b &lt;i&gt; | 1 |",
    );
    assert.equal(markdownText("[x](y) `z` *w* #1 & ~"), "\\[x\\](y) \\`z\\` \\*w\\* \\#1 &amp; \\~");
  });
});

describe("regionText", () => {
  it("says where a prevalence was taken", () => {
    assert.equal(regionText({ kind: "whole" }), "the whole field of the reference");
    assert.match(regionText({ kind: "box", marginMm: 20 }), /the box around the class in the reference, 20 mm larger/);
    assert.match(
      regionText({ kind: "body", images: "/private" }),
      /^the body \(voxels brighter than a threshold \(-500 HU/,
    );
    assert.match(regionText({ kind: "body", images: "/private", above: -300 }), /voxels above -300, holes filled/);
  });
});
