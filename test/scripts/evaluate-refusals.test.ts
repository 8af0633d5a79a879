import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { straightGrid } from "../support/boxes-scan.ts";
import { runCli } from "../support/cli.ts";
import { folderWith, niftiLabels } from "../support/dataset-files.ts";
import { evaluated, predictions, references, scoreOf, scoresIn } from "../support/evaluated-folders.ts";
import { labelsAt, writeLabels } from "../support/label-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("rarevox evaluate, of what is wrong", function () {
  this.timeout(60_000);

  it("reports bad cases by name, finishes the others, and exits with 3", async () => {
    const { code, stderr, out } = await evaluated(
      {
        "a.nii.gz": predictions["a.nii.gz"],
        "d.nii.gz": "no NIfTI",
        "e.nii": niftiLabels({ 0: 1 }, { dim: [3, 3, 5, 7], pixdim: [1, 1, 2, 3] }),
        "x.nii.gz": niftiLabels({}),
      },
      { ...references, "d.nii.gz": niftiLabels({}), "e.nii": niftiLabels({}) },
    );
    assert.equal(code, 3, stderr);
    assert.match(stderr, /refused: E_MISSING b: expected a prediction of the same name, got none/);
    assert.match(stderr, /refused: \w+ .*d\.nii\.gz/);
    assert.match(stderr, /refused: E_GRID .*e\.nii: expected the reference's grid, \[3,5,7\] voxels of 3 x 2 x 1 mm/);
    assert.match(stderr, /W_UNMATCHED x\.nii\.gz/);
    assert.match(stderr, /1 of 4 cases measured/);
    assert.equal(scoreOf(scoresIn(out), "a", "spleen"), "1");
    const [, a, b] = readFileSync(join(out, "cases.csv"), "utf8").split("\n");
    assert.match(a, /,a,measured,,no,0\.018\d*,0\.012,0\.8,/);
    assert.match(b, /,b,refused,E_MISSING,/);
  });

  it("exits with 2 for what is wrong in the call, and leaves nothing behind @slow", async () => {
    const found = folderWith(predictions);
    const wanted = folderWith(references);
    const out = join(temporaryFolder(), "out");
    const run = (...flags: string[]) => runCli(["evaluate", found, wanted, "--out", out, ...flags]);
    const runs: readonly (readonly [Promise<{ code: number | null; stderr: string }>, RegExp])[] = [
      [run("--metrics", "dise"), /expected metrics of .*, got dise/],
      [run("--metrics", "calibration"), /metric ece: expected the folder of the probabilities, got none/],
      [run("--tolerance", "two"), /expected mm such as 2/],
      [run("--tolerance", "kidney=2"), /tolerance: expected classes of liver, spleen, got kidney/],
      [run("--region", "box:"), /expected whole, body, or box:20/],
      [run("--region", "body"), /--region body: expected the folder of the images, got none/],
      [run("--empty", "two"), /Allowed choices are nan, one, zero, worst-case/],
      [run("--classes", "/nowhere.json"), /\/nowhere\.json: expected a JSON file that lists the classes/],
      [run("--groups", "/nowhere.csv"), /\/nowhere\.csv: expected a CSV file/],
      [run("--level", "1"), /expected 0 <= value < 1/],
      [runCli(["evaluate", found, "/nowhere", "--out", out]), /expected a file or folder/],
      [runCli(["evaluate", found, temporaryFolder(), "--out", out]), /expected label maps, got none/],
      [runCli(["evaluate", found, wanted, "--out", join(found, "out")]), /expected a folder outside the inputs/],
      [
        runCli(["evaluate", found, wanted, "--out", join(folderWith({ file: "" }), "file")]),
        /expected a folder, or a place/,
      ],
      [runCli(["evaluate", found, wanted]), /required option '--out <folder>'/],
    ];
    for (const [started, message] of runs) {
      const { code, stderr } = await started;
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n +at /, "no stack for a user's mistake");
    }
    assert.ok(!existsSync(out));
  });

  it("refuses a folder with other files before it measures, and replaces only a former evaluation @slow", async () => {
    const out = temporaryFolder();
    const args = ["evaluate", folderWith(predictions), folderWith(references), "--out", out];
    writeFileSync(join(out, "mine.txt"), "keep");
    assert.match((await runCli(args)).stderr, /expected no results there yet, got 1 files/);
    const foreign = await runCli([...args, "--overwrite"]);
    assert.equal(foreign.code, 2);
    assert.deepEqual(readdirSync(out), ["mine.txt"]);
    const fresh = join(out, "evaluation");
    const again = [...args.slice(0, -1), fresh];
    for (const flags of [[], ["--overwrite"]]) assert.equal((await runCli([...again, ...flags])).code, 0);
    assert.equal((await runCli(again)).code, 2);
  });

  it("leaves nothing on Ctrl-C, and exits with 130 @slow", async () => {
    const [found, wanted, parent] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const labels = labelsAt(straightGrid([40, 120, 120], [3, 2, 1]), { 300000: 1 });
    labels.data.fill(1, 100_000, 200_000);
    for (const folder of [found, wanted]) {
      mkdirSync(folder, { recursive: true });
      const path = await writeLabels(join(folder, "0.nii.gz"), labels);
      for (let n = 1; n < 30; n++) writeFileSync(join(folder, `${n}.nii.gz`), readFileSync(path));
    }
    const { code, stderr } = await runCli(
      ["--verbose", "evaluate", found, wanted, "--out", join(parent, "out")],
      (child) =>
        child.stderr?.on("data", (text: string) => {
          if (text.includes(" 2 of 30")) child.kill("SIGINT");
        }),
    );
    assert.equal(code, 130, stderr);
    assert.deepEqual(readdirSync(parent), []);
  });

  it("P2 keeps control characters of names out of the terminal, and formulas out of the tables", async () => {
    const labels = { "=HYPERLINK(1)": 1, "a\u001b[31mb|<b>": 2 };
    const { stdout, stderr, out } = await evaluated(
      { "+a.nii": niftiLabels({ 8: 1, 9: 2 }) },
      { "+a.nii": niftiLabels({ 8: 1, 9: 2 }), "dataset.json": { labels } },
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what must not be there
    assert.doesNotMatch(stdout + stderr, /\u001b\[31mb/);
    const tables = readFileSync(join(out, "scores.csv"), "utf8") + readFileSync(join(out, "cases.csv"), "utf8");
    assert.doesNotMatch(tables, /(^|[\n,"])[=+@]/);
    const markdown = readFileSync(join(out, "summary.md"), "utf8");
    assert.match(markdown, /b\\\|&lt;b&gt;/);
  });
});
