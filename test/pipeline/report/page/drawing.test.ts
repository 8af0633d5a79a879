import { strict as assert } from "node:assert";
import { describedDrawing, inlineDrawing } from "../../../../pipeline/report/page/drawing.ts";

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="2" viewBox="0 0 2 2">' +
  '<defs><clipPath id="clip1"/><linearGradient id="gradient_0"/></defs>' +
  '<g clip-path="url(#clip1)" fill="url(#gradient_0)"/></svg>';

describe("describedDrawing", () => {
  it("says inside the drawing what it shows, escaped", () => {
    const described = describedDrawing(svg, { name: "f", title: "A & B", alternative: "<b>" });
    assert.match(described, /^<svg role="img" aria-labelledby="f-title f-text" xmlns=/);
    assert.match(described, /<title id="f-title">A &amp; B<\/title><desc id="f-text">&lt;b&gt;<\/desc><defs>/);
  });
});

describe("inlineDrawing", () => {
  it("gives inner parts names that no other drawing of the page has, and drops namespaces", () => {
    assert.equal(
      inlineDrawing(svg, { name: "f" }),
      '<svg width="2" viewBox="0 0 2 2">' +
        '<defs><clipPath id="f-clip1"/><linearGradient id="f-gradient_0"/></defs>' +
        '<g clip-path="url(#f-clip1)" fill="url(#f-gradient_0)"/></svg>',
    );
  });
});
