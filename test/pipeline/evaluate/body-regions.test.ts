import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bodyRegions } from "../../../pipeline/evaluate/body-regions.ts";
import { writerNamed } from "../../../pipeline/io/writers.ts";
import { boxesVolume, mrScan, straightGrid } from "../../support/boxes-scan.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const grid = straightGrid([3, 5, 7], [3, 2, 1]);
const image = mrScan(boxesVolume(grid, [{ box: { start: [0, 1, 1], stop: [3, 4, 5] }, intensity: 300 }]));
const write = (path: string) => writerNamed("nifti").write(image, path, {});

describe("bodyRegions", () => {
  it("finds the first channel of each case, whatever programs put behind the label map's name", async () => {
    const images = temporaryFolder();
    await write(join(images, "a_0000.nii.gz"));
    writeFileSync(join(images, "a_0001.nii.gz"), "not looked at");
    const regionOf = await bodyRegions({ kind: "body", images });
    for (const name of ["a", "a_gt", "A"]) {
      const region = await regionOf(name, grid);
      assert.ok(region.kind === "body");
      assert.equal(
        region.mask.reduce((sum, inside) => sum + inside, 0),
        3 * 3 * 4,
      );
    }
  });

  it("refuses a case without an image, and an image that lies elsewhere", async () => {
    const images = temporaryFolder();
    await write(join(images, "a.nii.gz"));
    const regionOf = await bodyRegions({ kind: "body", images });
    await assert.rejects(regionOf("b", grid), /b: expected an image of the case in .*, got none/);
    await assert.rejects(regionOf("a", straightGrid([3, 5, 7], [3, 2, 2])), /a\.nii\.gz: expected the grid/);
  });

  it("reads a folder of DICOM slices named after the case", async () => {
    const images = temporaryFolder();
    await writerNamed("dicom").write(image, join(images, "a"), { modality: "MR" });
    const region = await (await bodyRegions({ kind: "body", images }))("a", grid);
    assert.ok(region.kind === "body" && region.mask.includes(1) && region.mask.includes(0));
  });
});
