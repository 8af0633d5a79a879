import { strict as assert } from "node:assert";
import { drawChart } from "../../../pipeline/report/draw-chart.ts";

describe("drawChart", () => {
  const spec = (label: string) => ({
    data: { values: [{ label, share: 0.5 }] },
    mark: "bar" as const,
    encoding: {
      x: { field: "share", type: "quantitative" as const },
      y: { field: "label", type: "nominal" as const },
    },
  });

  it("draws with the packaged font , then with fonts of the same widths", async () => {
    assert.match(await drawChart(spec("liver")), /font-family="DejaVu Sans, Verdana, sans-serif"[^>]*>liver</);
  });

  it("escapes the names that it draws", async () => {
    const svg = await drawChart(spec('<script>alert("1")</script>'));
    assert.doesNotMatch(svg, /<script/);
    assert.match(svg, /&lt;script&gt;/);
  });

  it("leaves as much room for a name as its letters take", async () => {
    const widthOf = (svg: string) => Number(/<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1]);
    const [short, long] = await Promise.all([drawChart(spec("iiii")), drawChart(spec("WWWW"))]);
    // fontTools 4.38: W 2025, i 569 of 2048 units; labels of 10.
    const expected = (4 * (2025 - 569) * 10) / 2048;
    assert.ok(Math.abs(widthOf(long) - widthOf(short) - expected) <= 1, `${widthOf(long)} - ${widthOf(short)}`);
  });
});
