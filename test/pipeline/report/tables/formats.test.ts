import { strict as assert } from "node:assert";
import { htmlTable } from "../../../../pipeline/report/tables/html.ts";
import { latexTable, latexText } from "../../../../pipeline/report/tables/latex.ts";
import { markdownTable, markdownText } from "../../../../pipeline/report/tables/markdown.ts";
import type { Table } from "../../../../pipeline/report/tables/table.ts";

const table: Table = {
  name: "scores",
  title: "Scores & <more>",
  columns: [
    { title: "Method", align: "left" },
    { title: "Dice", align: "right" },
  ],
  groups: [
    {
      title: "left_kidney | 5 %",
      rows: [
        [{ text: "A" }, { text: "0.5", isBold: true, marks: "+*" }],
        [{ text: "*B" }, { text: "0.4" }],
      ],
    },
  ],
  notes: ["Bold: best."],
};

describe("markdownTable", () => {
  it("keeps to one line per row and escapes what Markdown would read", () => {
    assert.deepEqual(markdownTable(table).split("\n"), [
      "## Scores &amp; &lt;more>",
      "",
      "| Method | Dice |",
      "| --- | ---: |",
      "| *left\\_kidney \\| 5 %* |  |",
      "| A | **0.5** +\\* |",
      "| \\*B | 0.4 |",
      "",
      "Bold: best.",
      "",
    ]);
  });

  it("takes line breaks for spaces", () => {
    assert.equal(markdownText("a\n\nb`c`"), "a b\\`c\\`");
  });
});

describe("latexTable", () => {
  it("sets booktabs rules, room for marks, and a guard before a row that begins with a star", () => {
    assert.deepEqual(latexTable(table).split("\n"), [
      "\\begin{table*}",
      "\\centering\\footnotesize\\setlength{\\tabcolsep}{3pt}",
      "\\caption{Scores \\& \\textless{}more\\textgreater{}}",
      "\\label{tab:scores}",
      "\\begin{tabular}{@{}lr@{\\hspace{2.6em}}@{}}",
      "\\toprule",
      "Method & Dice \\\\",
      "\\midrule",
      "\\multicolumn{2}{@{}l}{\\textit{left\\_kidney \\textbar{} 5 \\%}} \\\\",
      "A & \\textbf{0.5}\\rlap{\\textsuperscript{+*}} \\\\",
      "{}*B & 0.4 \\\\",
      "\\bottomrule",
      "\\end{tabular}",
      "\\par\\smallskip",
      "\\parbox{\\linewidth}{\\scriptsize Bold: best.}",
      "\\end{table*}",
      "",
    ]);
  });

  it("continues in another table before the class that no longer fits on the page", () => {
    const rows = Array.from({ length: 30 }, (_, n) => [{ text: `m${n}` }, { text: "1" }]);
    const long = latexTable({ ...table, groups: [{ rows }, { rows }] });
    assert.deepEqual(long.match(/\\label\{.*\}/g), ["\\label{tab:scores}", "\\label{tab:scores-2}"]);
    assert.match(long, /\(continued\)/);
  });
});

describe("latexText", () => {
  it("escapes every letter that means something to LaTeX", () => {
    assert.equal(
      latexText('\\ { } $ & % # _ ^ ~ < > | "'),
      "\\textbackslash{} \\{ \\} \\$ \\& \\% \\# \\_ \\textasciicircum{} \\textasciitilde{} \\textless{} \\textgreater{} " +
        "\\textbar{} \\char34{}",
    );
  });

  it("parts letters that would be drawn as one sign, and keeps to one line", () => {
    assert.equal(latexText("a--b ''c``d\ne"), "a-{}-b '{}'c`{}`d e");
  });

  it("keeps accented letters and gives others in two ways", () => {
    assert.equal(latexText("Größe 肝"), "Größe \\unicodeletter{肝}{U+809D}");
  });

  it("takes no name of an object's property for a letter", () => {
    assert.equal(latexText("constructor"), "constructor");
  });
});

describe("htmlTable", () => {
  it("escapes titles, groups and entries", () => {
    const bad = '<script>alert("1")</script>';
    const rows = [[{ text: bad }, { text: bad, marks: bad }]];
    const html = htmlTable({ ...table, title: bad, groups: [{ title: bad, rows }], notes: [bad] });
    assert.doesNotMatch(html, /<script/);
    assert.equal(html.match(/&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;/g)?.length, 6);
  });

  it("gives rows and columns heads, and a marked column room for its marks", () => {
    const html = htmlTable(table);
    assert.match(html, /<th scope="col" class="right marked">Dice<\/th>/);
    assert.match(html, /<th scope="row">A<\/th><td class="right marked"><strong>0\.5<\/strong><sup>\+\*<\/sup><\/td>/);
  });
});
