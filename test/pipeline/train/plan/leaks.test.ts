import { strict as assert } from "node:assert";
import { nnunetFolds } from "../../../../pipeline/train/plan/folds.ts";
import { leaks } from "../../../../pipeline/train/plan/leaks.ts";
import { fingerprintOf } from "../../../support/fingerprint.ts";

const [found] = fingerprintOf([3, 5, 7], [3, 2, 1]).cases;
const caseOf = (id: string, own: { readonly patient?: string; readonly imageHash?: string } = {}) => ({
  ...found,
  id,
  imageHash: id,
  ...own,
});

describe("leaks", () => {
  it("names the cases of patients that folds part, and of no others", () => {
    const cases = [
      caseOf("a1", { patient: "A" }),
      caseOf("a2", { patient: "A" }),
      caseOf("b1", { patient: "B" }),
      caseOf("b2", { patient: "B" }),
      caseOf("c"),
    ];
    const warnings = leaks({ cases }, [
      ["a1", "b1", "b2"],
      ["a2", "c"],
    ]);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["T_FOLD_PATIENT"],
    );
    assert.match(warnings[0].text, /^1 patients .* \(a1 \+ a2\)/);
    assert.deepEqual(
      leaks({ cases }, [
        ["a1", "a2", "c"],
        ["b1", "b2"],
      ]),
      [],
    );
  });

  it("names cases of different folds whose images are the same", () => {
    const cases = [caseOf("a"), caseOf("b", { imageHash: "a" }), caseOf("c", { imageHash: "a" }), caseOf("d")];
    const warnings = leaks({ cases }, [
      ["a", "b"],
      ["c", "d"],
    ]);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["T_SAME_IMAGE"],
    );
    assert.match(warnings[0].text, /\(a = b = c\)/);
    assert.deepEqual(leaks({ cases }, [["a", "b", "c"], ["d"]]), []);
  });

  it("counts those that it has no room to name", () => {
    const cases = Array.from({ length: 24 }, (_, n) => caseOf(`c${n}`, { patient: `p${n % 12}` }));
    const halves = [cases.slice(0, 12), cases.slice(12)].map((half) => half.map(({ id }) => id));
    const [{ text }] = leaks({ cases }, halves);
    assert.match(text, /^12 patients .*\(c0 \+ c12, c1 \+ c13, .* and 2 more\)/);
  });

  it("finds patients that nnU-Net's own folds part", () => {
    // With two frames of each of 10 patients, a fold of 4 cases would have to hold two whole pairs, and nnU-Net draws cases.
    const cases = Array.from({ length: 20 }, (_, n) =>
      caseOf(`c${String(n).padStart(2, "0")}`, { patient: `p${n >> 1}` }),
    );
    const folds = nnunetFolds(cases.map(({ id }) => id));
    const parted = new Set(
      cases
        .map(({ patient }) => patient)
        .filter((patient) => {
          const own = cases.filter((each) => each.patient === patient).map(({ id }) => id);
          return !folds.some((fold) => own.every((id) => fold.includes(id)));
        }),
    );
    assert.ok(parted.size > 0);
    assert.match(leaks({ cases }, folds)[0].text, new RegExp(`^${parted.size} patients`));
  });
});
