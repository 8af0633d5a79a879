import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { conceptFor, meaningOfSnomedCode, segmentCategories } from "../../../../pipeline/io/dicom-seg/snomed.ts";
import { abnormalStructures, anatomicalStructures, modifiers } from "../../../../pipeline/io/dicom-seg/snomed-table.ts";
import { debianPython, requireValidator } from "../../../support/validators.ts";

const rows = [...anatomicalStructures, ...abnormalStructures, ...modifiers];

describe("conceptFor", () => {
  it("knows the ten parts of the gut by their usual names", () => {
    const codes = {
      stomach: "69695003",
      duodenum: "38848004",
      "small intestine": "30315005",
      appendix: "66754008",
      cecum: "32713005",
      "ascending colon": "9040008",
      transverse_colon: "485005",
      "Descending colon": "32622004",
      sigmoid_colon: "60184004",
      rectum: "34402009",
    };
    for (const [name, code] of Object.entries(codes)) assert.equal(conceptFor(name)?.type.value, code, name);
  });

  it("takes the side, or the end, as a modifier of the structure", () => {
    assert.deepEqual(conceptFor("kidney_left"), {
      category: { scheme: "SCT", value: "91723000", meaning: "Anatomical Structure" },
      type: { scheme: "SCT", value: "64033007", meaning: "Kidney" },
      laterality: { scheme: "SCT", value: "7771000", meaning: "Left" },
    });
    assert.equal(conceptFor("Right kidney")?.laterality?.meaning, "Right");
    assert.equal(conceptFor("anterior hippocampus")?.laterality?.meaning, "Anterior");
  });

  it("takes a structure that has a side by itself as one code", () => {
    assert.equal(conceptFor("heart_ventricle_left")?.type.value, "87878005");
    assert.equal(conceptFor("left ventricle")?.laterality, undefined);
  });

  it("calls a tumour a morphologically abnormal structure", () => {
    assert.equal(conceptFor("tumor")?.category, segmentCategories.abnormalStructure);
  });

  it("knows nothing of other names, those of object properties among them", () => {
    for (const name of ["", "foo", "left", "constructor", "__proto__"]) assert.equal(conceptFor(name), undefined, name);
  });
});

describe("the SNOMED table", () => {
  it("holds only codes whose last digit is the Verhoeff check of the others", () => {
    for (const [code] of rows) assert.equal(verhoeff(code), 0, code);
  });

  it("holds each code and each name once", () => {
    const codes = rows.map(([code]) => code);
    const names = rows.flatMap(([, ...names]) => names.map((name) => name.toLowerCase()));
    assert.equal(new Set(codes).size, codes.length);
    assert.equal(new Set(names).size, names.length);
  });

  it("gives the meanings that pydicom's copy of PS3.16 has, wherever it has the code", function () {
    requireValidator(this, "pydicom");
    const script = `
import json
from pydicom.sr._concepts_dict import concepts
found = {}
for entries in concepts["SCT"].values():
    for code, (meaning, *_) in entries.items():
        found.setdefault(code, []).append(meaning.lower())
print(json.dumps(found))`;
    const found = JSON.parse(spawnSync(debianPython, ["-c", script], { maxBuffer: 2 ** 26 }).stdout.toString());
    const differing = rows.filter(
      ([code, meaning]) => !(found[code] ?? [meaning.toLowerCase()]).includes(meaning.toLowerCase()),
    );
    // DICOM says "Bladder", which a gallbladder is too.
    assert.deepEqual(differing, [["89837001", "Urinary bladder", "bladder"]]);
  });

  it("knows 123037004, which files before the edition of 2019 have for anatomical structure", () => {
    assert.equal(meaningOfSnomedCode("123037004"), "Anatomical Structure");
    assert.equal(meaningOfSnomedCode("91723000"), "Anatomical Structure");
    assert.equal(meaningOfSnomedCode("1"), undefined);
  });
});

/** Check sum of a SNOMED CT identifier, 0 when it is right: Verhoeff 1969, tables of the dihedral group D5. */
function verhoeff(digits: string): number {
  const multiply = (j: number, k: number) =>
    j < 5 ? (k < 5 ? (j + k) % 5 : 5 + ((j + k) % 5)) : k < 5 ? 5 + ((j - k + 5) % 5) : (j - k + 5) % 5;
  const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  const permuted = (digit: number, times: number): number =>
    times === 0 ? digit : permuted(permutation[digit], times - 1);
  return [...digits].reverse().reduce((sum, digit, place) => multiply(sum, permuted(Number(digit), place % 8)), 0);
}
