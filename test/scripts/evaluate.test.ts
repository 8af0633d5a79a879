import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../support/cli.ts";
import { folderWith, niftiLabels } from "../support/dataset-files.ts";
import { dataset, evaluated, predictions, references, scoreOf, scoresIn } from "../support/evaluated-folders.ts";
import { labelsAt, writeLabels } from "../support/label-files.ts";
import { npzFile } from "../support/npy-file.ts";
import { gutClasses, obliqueGrid } from "../support/phantom-series.ts";
import { pngFile } from "../support/picture-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("rarevox evaluate", function () {
  this.timeout(60_000);

  it("measures a folder, shows a table and writes scores, cases, summary and methods", async () => {
    const { code, stdout, stderr, out } = await evaluated(predictions, references);
    assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(out).sort(), ["cases.csv", "methods.txt", "scores.csv", "summary.json", "summary.md"]);
    const scores = scoresIn(out);
    // 2 * 2 / (2 + 3); one voxel each; a class in the prediction only.
    assert.equal(scoreOf(scores, "a", "liver"), "0.8");
    assert.deepEqual([scoreOf(scores, "b", "liver"), scoreOf(scores, "b", "liver", "mcc")], ["1", "1"]);
    assert.equal(scoreOf(scores, "b", "spleen"), "0");
    assert.equal(scoreOf(scores, "b", "spleen", "hd95"), "", "not defined: an empty cell");
    // Voxels of 1 x 2 x 3 mm; the third liver voxel lies 1 mm along x from the others.
    assert.equal(scoreOf(scores, "a", "liver", "hd"), "1");
    assert.equal(scoreOf(scores, "a", "liver", "volume-difference"), "-0.006");
    assert.match(stdout, /liver +│ 0\.9000 ± 0\.1414 │/);
    assert.match(stdout, /spleen +│ 0\.5000 ± 0\.7071 │ +0\.00 │/);
    assert.match(stdout, /│ +1\/1 │ +0\/1 │/);
    assert.match(stderr, /2 of 2 cases measured/);
    assert.match(
      readFileSync(join(out, "methods.txt"), "utf8"),
      /in 2 classes \(liver, spleen; listed in dataset\.json\)/,
    );
  });

  it("says everything again in summary.json, printed with --json, and no folder's name", async () => {
    const { code, stdout, out } = await evaluated(predictions, references, [
      "--json",
      "--seed",
      "7",
      "--metrics",
      "dice,hd95",
    ]);
    assert.equal(code, 0);
    assert.equal(stdout, readFileSync(join(out, "summary.json"), "utf8"));
    const summary = JSON.parse(stdout);
    assert.equal(summary.schema, "rarevox-evaluation/1");
    assert.deepEqual([summary.rules.seed, summary.rules.emptyRule, summary.rules.unit], [7, "nan", "case"]);
    assert.deepEqual(
      summary.metrics.map(({ key }: { key: string }) => key),
      ["dice", "hd95"],
    );
    const [method] = summary.methods;
    assert.equal(method.summaries[0].aggregate.classes[0].description.mean, 0.9);
    assert.equal(method.cases[0].classes[0].referenceVoxels, 3);
    assert.match(method.cases[0].inputs.prediction[0].sha256, /^[0-9a-f]{64}$/);
    assert.equal(method.cases[1].classes[1].values.hd95, null);
    assert.doesNotMatch(stdout.replace(/"name": "[^"]*"|"text": \[[^\]]*\]/g, ""), /\/tmp|rarevox-test/);
  });

  it("counts missing predictions as empty, and resamples, when told to", async () => {
    const fine = niftiLabels({ 0: 1 }, { dim: [3, 14, 5, 3], sform: [0.5, 0, 0, -10.25, 0, 2, 0, -20, 0, 0, 3, -30] });
    const { code, stderr, out } = await evaluated({ "a.nii.gz": fine }, references, [
      "--missing",
      "empty",
      "--resample",
    ]);
    assert.equal(code, 0, stderr);
    assert.equal(scoreOf(scoresIn(out), "b", "liver"), "0");
    assert.match(readFileSync(join(out, "cases.csv"), "utf8"), /,a,measured,,yes,/);
    assert.match(readFileSync(join(out, "methods.txt"), "utf8"), /\(1 of 2\) were put on it.*/);
    assert.match(
      readFileSync(join(out, "methods.txt"), "utf8"),
      /A case without a prediction counted as predicted empty/,
    );
  });

  it("scores an empty class by the rule that is named @slow", async () => {
    const wanted = { "a.nii": niftiLabels({ 8: 1 }), "dataset.json": dataset };
    const spleen = async (rule: string, found: Uint8Array, metric: string) => {
      const { out } = await evaluated({ "a.nii": found }, wanted, ["--empty", rule]);
      return scoreOf(scoresIn(out), "a", "spleen", metric);
    };
    const [absent, invented] = [niftiLabels({ 8: 1 }), niftiLabels({ 8: 1, 9: 2 })];
    assert.deepEqual(
      await Promise.all([
        spleen("nan", absent, "dice"),
        spleen("one", absent, "dice"),
        spleen("zero", absent, "dice"),
        spleen("worst-case", invented, "hd95"),
      ]),
      // Six steps of 1 mm, four of 2 mm and two of 3 mm from corner to corner.
      ["", "1", "0", String(Math.hypot(6, 8, 6))],
    );
  });

  it("scores nnU-Net's regions and leaves its ignore label out", async () => {
    const labels = { background: 0, tumour: [1, 2], core: [2], ignore: 3 };
    const wanted = { "dataset.json": { labels }, "a.nii": niftiLabels({ 8: 1, 9: 2, 10: 3 }) };
    const { code, out } = await evaluated({ "a.nii": niftiLabels({ 8: 2, 9: 2, 10: 2 }) }, wanted);
    assert.equal(code, 0);
    const scores = scoresIn(out);
    assert.deepEqual([scoreOf(scores, "a", "tumour"), scoreOf(scores, "a", "core")], ["1", String(2 / 3)]);
    const ignoring = await evaluated(
      { "a.nii": niftiLabels({ 8: 2, 9: 2 }) },
      { ...wanted, "dataset.json": { labels: { tumour: 2 } } },
      ["--ignore-label", "1"],
    );
    assert.equal(scoreOf(scoresIn(ignoring.out), "a", "tumour"), "1");
  });

  it("scores DICOM SEG predictions against NIfTI references by the classes' names", async () => {
    const grid = obliqueGrid([7, 5, 9], { spacingMm: [3, 2, 1], angles: [0.3, -0.2, 0.1], originXyz: [-12, 33, -101] });
    const [found, wanted, out] = [temporaryFolder(), temporaryFolder(), join(temporaryFolder(), "out")];
    await writeLabels(join(found, "one", "segmentation.seg.dcm"), labelsAt(grid, { 90: 3, 91: 3, 100: 1 }), gutClasses);
    await writeLabels(join(wanted, "one.nii.gz"), labelsAt(grid, { 90: 7, 100: 9 }));
    writeFileSync(join(wanted, "dataset.json"), JSON.stringify({ labels: { Appendix: 7, Stomach: 9 } }));
    const { code, stderr } = await runCli(["evaluate", found, wanted, "--out", out]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      [scoreOf(scoresIn(out), "one", "Appendix"), scoreOf(scoresIn(out), "one", "Stomach")],
      [String(2 / 3), "1"],
    );
  });

  it("scores pictures, a mask of 255 against one of 1, and names labels by number without a list", async () => {
    const picture = (samples: number[]) =>
      pngFile({ width: 3, height: 2, colorType: 0, samples: Uint8Array.from(samples), pixelsPerMetre: [1000, 1000] });
    const { code, stderr, out } = await evaluated(
      { "a.png": picture([255, 0, 0, 255, 0, 0]) },
      { "a.png": picture([1, 0, 0, 0, 0, 0]) },
    );
    assert.equal(code, 0, stderr);
    assert.equal(scoreOf(scoresIn(out), "a", "label 1"), String(2 / 3));
    assert.match(stderr, /W_MASK_VALUE a: a mask of the value 255/);
  });

  it("takes tolerances per class, and the prevalence in a box or in the body @slow", async () => {
    const pair = [
      { "a.nii": niftiLabels({ 52: 1 }) },
      { "a.nii": niftiLabels({ 53: 1 }), "dataset.json": { labels: { liver: 1 } } },
    ] as const;
    const nsd = async (...tolerance: string[]) =>
      scoreOf(scoresIn((await evaluated(...pair, ["--tolerance", ...tolerance])).out), "a", "liver", "nsd");
    assert.deepEqual(await Promise.all([nsd("0.5"), nsd("0.5", "liver=1"), nsd("2")]), ["0", "1", "1"]);
    const images = folderWith({ "a_0000.nii": niftiLabels(Object.fromEntries([51, 52, 53, 54].map((i) => [i, 300]))) });
    const prevalence = async (...flags: string[]) =>
      scoreOf(scoresIn((await evaluated(...pair, flags)).out), "a", "liver", "prevalence");
    assert.deepEqual(
      await Promise.all([
        prevalence(),
        prevalence("--region", "box:3"),
        prevalence("--region", "body", "--images", images),
      ]),
      // Of all voxels; of three slices, five rows and six columns around [1, 2, 4]; of the four bright ones.
      [String(1 / 105), String(1 / (3 * 5 * 6)), "0.25"],
    );
  });

  it("groups by table and size, by patient, and names what the table lacks", async () => {
    const groups = folderWith({
      "g.csv": "case,patient,scanner\na,P1,old\nb,P1,new\n",
      "short.csv": "case,scanner\na,old\n",
    });
    const { code, out, stderr } = await evaluated(predictions, references, [
      "--groups",
      join(groups, "g.csv"),
      "--size-tertiles",
    ]);
    assert.equal(code, 0, stderr);
    const summary = readFileSync(join(out, "summary.md"), "utf8");
    assert.match(summary, /### By scanner/);
    assert.match(summary, /\| class \| metric \| old \| new \|/);
    assert.match(summary, /### By size/);
    assert.match(summary, /2 cases of 1 patient /);
    const short = await evaluated(predictions, references, ["--groups", join(groups, "short.csv")]);
    assert.equal(short.code, 3);
    assert.match(short.stderr, /short\.csv: expected a row for each case, got none for b/);
    assert.ok(!existsSync(short.out));
  });

  it("compares folders with each other and ranks more than two", async () => {
    const worse = folderWith({ "a_pred.nii": niftiLabels({ 9: 1, 50: 2 }), "b_pred.nii": niftiLabels({ 8: 1, 9: 1 }) });
    const worst = folderWith({ "a.nii": niftiLabels({ 0: 1 }) });
    const { code, stdout, stderr, out } = await evaluated(predictions, references, ["--compare", worse, worst]);
    assert.equal(code, 3, "one case of one folder is missing");
    assert.match(stderr, /E_MISSING b/);
    assert.match(stdout, /Comparison by dice, higher is better/);
    const { comparisons, methods } = JSON.parse(readFileSync(join(out, "summary.json"), "utf8"));
    const dice = comparisons.find(({ metric }: { metric: string }) => metric === "dice");
    assert.equal(dice.comparisons.length, 2 * 3);
    // Liver: 0.8 and 1 against 2 * 1 / (1 + 3) and 2 * 1 / (2 + 1).
    assert.ok(Math.abs(dice.comparisons[0].meanDifference.value - (0.8 - 0.5 + 1 - 2 / 3) / 2) < 1e-12);
    assert.deepEqual(
      dice.ranking.classes[0].methods.map(({ rank }: { rank: number }) => rank),
      [1, 2, 3],
    );
    assert.equal(methods.length, 3);
  });

  it("measures calibration where it is shown nnU-Net's probabilities", async () => {
    const share = (ids: Readonly<Record<number, number>>) => Array.from({ length: 105 }, (_, i) => ids[i] ?? 0);
    const [liver, spleen] = [share({ 8: 1, 9: 0.5 }), share({ 50: 1 })];
    const values = [...liver.map((value, i) => 1 - value - spleen[i]), ...liver, ...spleen];
    const archive = npzFile({ probabilities: { shape: [3, 3, 5, 7], values } });
    const found = { "a.nii": predictions["a.nii.gz"], "a.npz": archive, "b.nii": niftiLabels({}) };
    const folder = folderWith(found);
    const { code, stderr, out } = await evaluated(found, references, ["--probabilities", folder, "--metrics", "dice"]);
    assert.equal(code, 3);
    assert.match(stderr, /refused: E_PROBABILITIES b: expected probabilities of the case/);
    // The reference's liver is at 8, 9 and 10: squares of 0.5 and 1.
    assert.equal(scoreOf(scoresIn(out), "a", "liver", "brier"), String(1.25 / 105));
    assert.equal(scoreOf(scoresIn(out), "a", "spleen", "ece"), "0");
  });

  it("says what other packages would have said of the same masks", async () => {
    const { stdout, out } = await evaluated(predictions, references, ["--explain-conventions"]);
    assert.match(stdout, /MONAI 1\.6 +│ +spleen │ 1\.0000 \(n = 1\)/);
    assert.match(stdout, /nnU-Net 2\.8 +│ +spleen │ 0\.5000 \(n = 2\)/);
    assert.match(readFileSync(join(out, "summary.md"), "utf8"), /### What other packages would have said/);
  });
});
