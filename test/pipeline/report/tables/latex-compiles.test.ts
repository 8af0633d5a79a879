import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { latexPreamble, latexTable } from "../../../../pipeline/report/tables/latex.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { requireValidator } from "../../../support/validators.ts";

describe("latexTable and pdfLaTeX", () => {
  it("agree on a table whose names hold every letter of ASCII and Latin-1, twice in a row, and more @slow", function () {
    requireValidator(this, "pdflatex");
    const letters = Array.from({ length: 0x100 }, (_, n) => String.fromCodePoint(n));
    const names = [
      ...letters.map((letter) => letter + letter),
      "肝",
      "🫀",
      "e\u0301",
      "–−×±≥≤†°µ",
      "\\end{tabular}",
      "\\input{x}",
    ];
    const rows = names.map((text) => [{ text }, { text: "0.500 [0.4, 0.6]", isBold: true, marks: "−***†" }]);
    const table = {
      name: "letters",
      title: names.join(" "),
      columns: [
        { title: "[Method]", align: "left" as const },
        { title: "Dice [95 % CI]", align: "right" as const },
      ],
      groups: rows.map((row, n) => ({ title: names[n], rows: [row] })),
      notes: [names.join(" ")],
    };
    const folder = temporaryFolder();
    writeFileSync(join(folder, "tables.tex"), latexPreamble + latexTable(table));
    writeFileSync(join(folder, "page.tex"), page);
    const { status, stdout } = spawnSync("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "page.tex"], {
      cwd: folder,
    });
    assert.equal(status, 0, String(stdout).slice(-3000));
    assert.ok(existsSync(join(folder, "page.pdf")));
    assert.doesNotMatch(readFileSync(join(folder, "page.log"), "latin1"), /Missing character/);
  });
});

const page = [
  "\\documentclass{article}",
  "\\usepackage{booktabs}",
  "\\begin{document}",
  "\\input{tables.tex}",
  "\\end{document}",
].join("\n");
