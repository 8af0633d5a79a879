import { strict as assert } from "node:assert";
import type { FoundScan } from "../../pipeline/index.ts";
import { caseNamesOf } from "../../scripts/case-names.ts";
import { printable } from "../../scripts/terminal.ts";

const summary = {
  shape: undefined,
  spacingMm: undefined,
  orientation: undefined,
  modality: undefined,
  voxelType: undefined,
  description: "Doe^Jane",
  encoding: undefined,
};

const found = (files: readonly string[], format = "nifti", id = files[0]): FoundScan => ({
  format,
  id,
  files,
  summary,
  warnings: [],
});

describe("caseNamesOf", () => {
  it("takes a file's name without its endings, and a series' folder", () => {
    const series = found(["/data/CT chest/1.dcm", "/data/CT chest/2.dcm"], "dicom", "1.2.3");
    assert.deepEqual(caseNamesOf([found(["/data/case_7.nii.gz"]), series]), ["case_7", "CT_chest"]);
  });

  it("tells scans of one name apart by what chose them, upper and lower case alike", () => {
    const names = caseNamesOf([found(["/a/scan.nii"]), found(["/b/Scan.nii.gz"]), found(["/c/other.nii"])]);
    assert.match(names[0], /^scan-[0-9a-f]{8}$/);
    assert.match(names[1], /^Scan-[0-9a-f]{8}$/);
    assert.notEqual(names[0].slice(5), names[1].slice(5));
    assert.equal(names[2], "other");
  });

  it("is never empty, hidden, a path, or longer than 64 letters", () => {
    const names = caseNamesOf([
      found(["/a/..nii"]),
      found(["/a/.hidden.nii"]),
      found([`/a/${"x".repeat(200)}.nii`]),
      found(["/a/\u001b[31m<b>.nii"]),
    ]);
    for (const name of names) assert.match(name, /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
  });
});

describe("printable", () => {
  it("makes control characters and text direction marks visible, and leaves new lines", () => {
    assert.equal(printable("a\u001b[31m\u202eb\nc"), "a\\u001b[31m\\u202eb\nc");
  });
});
