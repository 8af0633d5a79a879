import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchmarkResults } from "../../../pipeline/report/benchmark-results.ts";
import { writeBenchmarkReport } from "../../../pipeline/report/write-benchmark-report.ts";
import { madeUpResults } from "../../support/made-up-results.ts";
import { classOf, scoresOf, smallResults } from "../../support/small-results.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const bad = `<script>alert("1")</script>`;

describe("writeBenchmarkReport", () => {
  it("writes tables, the page, and each figure as SVG and PNG @slow", async () => {
    const folder = await written(await madeUpResults({ cases: 8 }));
    assert.deepEqual(readdirSync(folder).sort(), [
      ...[
        "costs.csv",
        "figures",
        "report.html",
        "scores.csv",
        "sizes.csv",
        "statistics.csv",
        "summary.csv",
        "tables.md",
      ],
      "tables.tex",
    ]);
    const figures = ["boxes-dice", "boxes-hd95", "boxes-nsd", "confusion", "costs", "curves", "ranking", "slices"];
    assert.deepEqual(
      readdirSync(join(folder, "figures")).sort(),
      figures.flatMap((name) => [`${name}-1-abdomen.png`, `${name}-1-abdomen.svg`]),
    );
    const page = readFileSync(join(folder, "report.html"), "utf8");
    assert.equal(page.match(/<svg /g)?.length, figures.length);
    assert.match(page, /expected a finite number, got NaN at step 412/);
  });

  it("makes a page that asks nothing of any other place and runs nothing", async () => {
    const page = pageOf(await written(resultsNamed("method")));
    const places = [...page.matchAll(/(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]*)/g)].map(([, place]) => place);
    assert.deepEqual(
      places.filter((place) => !/^(#|data:image\/png;base64,)/.test(place)),
      [],
    );
    assert.doesNotMatch(page, /https?:|<script|<link|<iframe|@import|\son\w+=/);
  });

  it("escapes the names of everything, everywhere", async () => {
    const folder = await written(resultsNamed(bad), [bad]);
    assert.doesNotMatch(pageOf(folder), /<script/);
    assert.doesNotMatch(readFileSync(join(folder, "tables.md"), "utf8"), /<script/);
    for (const name of readdirSync(join(folder, "figures")).filter((each) => each.endsWith(".svg")))
      assert.doesNotMatch(readFileSync(join(folder, "figures", name), "utf8"), /<script/, name);
  });

  it("writes every score and comparison as a row, with empty cells for what is not defined", async () => {
    const scores = [...scoresOf("base", [0.5, Number.NaN]), ...scoresOf("other", [0.75, 0.25])];
    const folder = await written(smallResults({ scores }));
    assert.equal(
      readFileSync(join(folder, "scores.csv"), "utf8"),
      [
        "dataset,method,fold,seed,case,patient,class,metric,value",
        "set,base,0,0,c1,,organ,dice,0.5",
        "set,base,0,0,c2,,organ,dice,",
        "set,other,0,0,c1,,organ,dice,0.75",
        "set,other,0,0,c2,,organ,dice,0.25",
        "",
      ].join("\n"),
    );
    // One pair that differs: p = 2 / 2^1 = 1. The best mean is that of both: 0.5.
    const rows = readFileSync(join(folder, "statistics.csv"), "utf8").trim().split("\n");
    assert.match(rows[0], /^dataset,metric,class,method,reference,reference_is,pairs,patients,unpaired,undefined,/);
    assert.match(rows[1], /^set,dice,organ,other,base,baseline,1,1,0,1,0\.25,,,1,1,/);
    assert.match(rows[2], /^set,dice,organ,other,base,best,1,1,0,1,0\.25,,,1,1,/);
    assert.equal(rows.length, 3);
  });

  it("says the same again for the same results and seed", async () => {
    const results = resultsNamed("method");
    const [first, second] = [await written(results), await written(results)];
    for (const name of ["statistics.csv", "summary.csv", "tables.tex", "report.html"])
      assert.equal(readFileSync(join(first, name), "utf8"), readFileSync(join(second, name), "utf8"), name);
  });

  it("reports a benchmark that came to no score, with what failed", async () => {
    const folder = await written(smallResults({ failures: [{ ...at("base"), problem: "no memory left" }] }));
    assert.match(pageOf(folder), /set: no run came to a score\./);
    assert.match(pageOf(folder), /no memory left/);
  });

  it("leaves the section of open runs out where every run has scores", async () => {
    assert.doesNotMatch(
      pageOf(await written(smallResults({ scores: scoresOf("base", [0.5]) }))),
      /Runs without scores/,
    );
  });

  it("takes the place of a former report, and of nothing else", async () => {
    const results = smallResults({ scores: scoresOf("base", [0.5]) });
    const folder = await written(results);
    writeFileSync(join(folder, "figures", "of-an-earlier-benchmark.png"), "");
    await writeBenchmarkReport(results, folder, { resamples: 10 });
    assert.ok(!existsSync(join(folder, "figures", "of-an-earlier-benchmark.png")));
    const foreign = join(temporaryFolder(), "foreign");
    mkdirSync(foreign);
    writeFileSync(join(foreign, "thesis.docx"), "");
    await assert.rejects(writeBenchmarkReport(results, foreign, { resamples: 10 }), /C_FOREIGN|an empty folder/);
    assert.deepEqual(readdirSync(foreign), ["thesis.docx"]);
  });

  it("stops when told to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    const folder = join(temporaryFolder(), "report");
    await assert.rejects(writeBenchmarkReport(smallResults(), folder, { signal }), /enough/);
    assert.ok(!existsSync(folder));
  });
});

/** One black pixel. Source: the PNG specification's smallest file, made by Pillow 9.4: Image.new("L", (1, 1)).save(…) */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
  "base64",
);

/** Results with something of everything, all of it of the same name. */
function resultsNamed(name: string): BenchmarkResults {
  const voxels = [
    [9, 1],
    [1, 2],
  ];
  return smallResults({
    title: name,
    classes: [classOf(name, 0.1)],
    methods: [
      { key: name, network: name, training: name },
      { key: "other", network: "other", training: "other" },
    ],
    baseline: "other",
    scores: [...scoresOf(name, [0.5, 0.25], { label: name }), ...scoresOf("other", [0.4, 0.3], { label: name })],
    curves: [{ ...at(name), label: name, step: 1, seconds: 1, dice: 0.5 }],
    costs: [{ ...at(name), parameters: 1e6, flopsPerPatch: 1e9, steps: 1, ...measured }],
    confusions: [{ dataset: "set", method: name, labels: ["background", name], voxels }],
    slices: [{ dataset: "set", method: name, case: name, rank: "best", dice: 0.5, png: pixel }],
    failures: [{ ...at(name), problem: name }],
    missing: [at(name)],
    facts: { [name]: name },
  });
}

const measured = { trainingSeconds: 1, inferenceSecondsPerCase: 1, peakMemoryBytes: 1 };

function at(method: string) {
  return { dataset: "set", method, fold: 0, seed: 0 };
}

async function written(results: BenchmarkResults, commands: readonly string[] = []): Promise<string> {
  const folder = join(temporaryFolder(), "report");
  await writeBenchmarkReport(results, folder, { resamples: 20, commands });
  return folder;
}

function pageOf(folder: string): string {
  return readFileSync(join(folder, "report.html"), "utf8");
}
