import { strict as assert } from "node:assert";
import { copyPaste } from "../../../../pipeline/train/augment/copy-paste.ts";
import { donorsFrom } from "../../../../pipeline/train/sampling/donors.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { patchSourceOf } from "../../../support/patch-source-of.ts";

const classes = [
  { id: 1, name: "organ" },
  { id: 2, name: "lesion" },
];
const cases = ["lesion", "healthy", "other"].map((id) => ({
  id,
  folder: id,
  classIds: id === "lesion" ? [1, 2] : [1],
}));
/** One voxel of lesion at [4, 10, 2] of [9, 21, 5], in organ. */
const lesion = patchSourceOf(
  [9, 21, 5],
  (index) => (String(index) === "4,10,2" ? 2 : 1),
  () => 0,
);
const common = { cases, classes, patch: [5, 5, 5] as const, take: () => lesion };
const settings = { ...copyPaste.defaults, probability: 1 };

describe("donorsFrom", () => {
  it("finds a class that at most half of the cases hold and puts it where it divides the sides as it does at home", () => {
    const donors = donorsFrom(settings, common);
    // The middle of 9, 21, 5 comes to the middle of 5, 11, 9: [2, 5, 4].
    const donation = donors({ chosen: cases[1], shape: [5, 11, 9] }, randomFrom(1));
    assert.deepEqual(donation?.centre, [2, 5, 4]);
    assert.deepEqual(donation?.offset, [-2, -5, 2]);
    assert.deepEqual([donation?.structure.classId, donation?.structure.hostId], [2, 1]);
  });

  it("gives a case nothing of its own", () => {
    assert.equal(donorsFrom(settings, common)({ chosen: cases[0], shape: lesion.shape }, randomFrom(1)), undefined);
  });

  it("gives as often as the probability says", () => {
    const donors = donorsFrom({ ...settings, probability: 0.25 }, common);
    const draws = Array.from({ length: 2000 }, (_, n) => donors({ chosen: cases[1], shape: [9, 9, 9] }, randomFrom(n)));
    // Five deviations of 2,000 draws at 1/4 are 97.
    assert.ok(Math.abs(draws.filter((one) => one !== undefined).length - 500) < 97);
  });

  it("gives only what is named, and refuses a name that is no class with C_AUGMENTATION", () => {
    const organs = donorsFrom({ ...settings, classes: ["organ"] }, common);
    assert.equal(organs({ chosen: cases[1], shape: [9, 9, 9] }, randomFrom(1))?.structure.classId, 1);
    assert.throws(() => donorsFrom({ ...settings, classes: ["spleen"] }, common), {
      name: "ConfigError",
      message: /copy-paste\/classes: expected names of classes \(organ, lesion\), got spleen\. Correct/,
    });
  });
});
