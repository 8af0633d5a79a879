import { strict as assert } from "node:assert";
import { makePlan } from "../../../../pipeline/train/plan/make-plan.ts";
import { preflight } from "../../../../pipeline/train/plan/preflight.ts";
import { datasetOf, fingerprintOf } from "../../../support/fingerprint.ts";

describe("preflight", () => {
  it("warns of a class below a voxel of the target spacing, of folds that miss it or have all of it, and of absent ones", () => {
    const fingerprint = fingerprintOf([10, 10, 10], [1, 1, 1]);
    const plan = { ...makePlan(fingerprint, datasetOf("MR")), spacingMm: [2, 1, 1] as const };
    const folds = [
      ["case 0", "case 1"],
      ["case 2", "case 3"],
    ];
    const found = preflight({ plan, fingerprint, folds });
    assert.deepEqual(
      found.map(({ code, where }) => [code, where]),
      [
        ["T_CLASS_SMALL", "duct"],
        ["T_FOLD_CLASS", "duct"],
        ["T_FOLD_CLASS", "duct"],
      ],
    );
    assert.match(found[1].text, /all cases with it are in fold 0/);
    assert.match(found[2].text, /no case of fold 1 holds it/);
    const absent = { ...plan, classes: [...plan.classes, { id: 9, name: "ghost", colorRgb: [0, 0, 0] as const }] };
    assert.deepEqual(preflight({ plan: absent, fingerprint, folds }).at(-1)?.code, "T_CLASS_ABSENT");
  });
});
