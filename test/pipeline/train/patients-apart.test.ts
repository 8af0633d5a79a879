import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runFolderAt } from "../../../pipeline/train/run-folder.ts";
import { type RunChoices, setUpRun } from "../../../pipeline/train/set-up-run.ts";
import { completeConfig } from "../../../pipeline/train/training-config.ts";
import { runCli } from "../../support/cli.ts";
import { folderWith, nifti, niftiLabels } from "../../support/dataset-files.ts";
import { codeOfFailure } from "../../support/read-bytes.ts";
import { sharedData } from "../../support/shared-data.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** Two frames of each patient; the second image of the last patient is a copy of the first of the first one. */
function hearts(patients: number): string {
  const files = Array.from({ length: 2 * patients }, (_, n) => {
    const name = `patient${String(1 + (n >> 1)).padStart(3, "0")}_frame${String(1 + (n % 2)).padStart(2, "0")}.nii.gz`;
    const isCopy = n === 2 * patients - 1;
    return [
      [`images/${name}`, nifti((i) => i + (isCopy ? 0 : n))],
      [`labels/${name}`, niftiLabels({ 50: 1 })],
    ];
  });
  return folderWith(Object.fromEntries(files.flat()));
}

const setUp = (dataset: string, choices: Partial<RunChoices> = {}) =>
  setUpRun(runFolderAt(join(temporaryFolder(), "run")), {
    dataset,
    config: completeConfig({}),
    fold: 0,
    folds: "stratified",
    foldCount: 5,
    skipBadCases: false,
    ...choices,
  });

const patientsOf = (ids: readonly string[]) => new Set(ids.map((id) => id.split("_")[0]));

describe("setUpRun with several cases of a patient", () => {
  it("holds whole patients out, and says which images are the same", async () => {
    const { split, warnings } = await setUp(hearts(7));
    const [training, validation] = [patientsOf(split.training), patientsOf(split.validation)];
    assert.equal(split.training.length + split.validation.length, 14);
    assert.equal(split.validation.length, 2 * validation.size);
    assert.equal(training.size + validation.size, 7);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["T_SAME_IMAGE"],
    );
    assert.match(warnings[0].text, /patient001_frame01 = patient007_frame02/);
  });

  it("makes no more folds than there are patients, and refuses to hold out the only one", async () => {
    const { split } = await setUp(hearts(2));
    assert.deepEqual([patientsOf(split.training).size, patientsOf(split.validation).size], [1, 1]);
    assert.equal(await codeOfFailure(setUp(hearts(1))), "T_FOLD");
    assert.equal((await setUp(hearts(1), { fold: "all" })).split.training.length, 2);
  });

  it("keeps nnU-Net's folds as they are and names the patients that they part", async () => {
    const { split, warnings } = await setUp(hearts(7), { folds: "nnunet" });
    // numpy 1.24: a = arange(14); RandomState(12345).shuffle(a); sorted(a[:3]) -> [0, 7, 10]
    const names = Array.from({ length: 14 }, (_, n) => `patient00${1 + (n >> 1)}_frame0${1 + (n % 2)}`);
    assert.deepEqual(
      split.validation,
      [0, 7, 10].map((n) => names[n]),
    );
    assert.ok(warnings.some(({ code, text }) => code === "T_FOLD_PATIENT" && /patient00/.test(text)));
  });

  it("keeps the two frames of every patient of the cardiac data together @slow", async function () {
    this.timeout(120_000);
    const out = join(temporaryFolder(), "run");
    const { code, stderr } = await runCli(["train", sharedData(this, "data/cardiac"), "--out", out, "--plan-only"]);
    assert.equal(code, 0, stderr);
    const split = JSON.parse(readFileSync(join(out, "split.json"), "utf8"));
    const [training, validation] = [patientsOf(split.training), patientsOf(split.validation)];
    // 80 patients of two frames each, in five folds.
    assert.deepEqual(
      [split.training.length, split.validation.length, training.size, validation.size],
      [128, 32, 64, 16],
    );
    assert.ok([...validation].every((patient) => !training.has(patient)));
    assert.doesNotMatch(stderr, /T_FOLD_PATIENT/);
  });
});
