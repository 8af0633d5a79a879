import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { abdomenPhantom } from "../../fixtures/phantom/abdomen-phantom.ts";
import { writerNamed } from "../../pipeline/io/writers.ts";
import { repositoryRoot } from "../support/shared-data.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const pathOf = (relative: string) => fileURLToPath(new URL(relative, repositoryRoot));

describe("README.md", () => {
  it("shows the library example that is compiled and run here", () => {
    const example = readFileSync(pathOf("test/readme/library-example.ts"), "utf8");
    assert.ok(readFileSync(pathOf("README.md"), "utf8").includes(`\`\`\`ts\n${example}\`\`\``));
  });

  it("has a library example that segments a DICOM series", async function () {
    this.timeout(30_000);
    const folder = temporaryFolder();
    const { scan } = abdomenPhantom({ seed: 3, shape: [33, 80, 97], spacingMm: [8, 4, 4] });
    const read = { format: "phantom", channels: [scan] as const, modality: "MR", warnings: [], inputs: [] };
    await writerNamed("dicom").write(read, join(folder, "study"), {});
    const { status, stdout, stderr } = spawnSync(process.execPath, [pathOf("build/test/readme/library-example.js")], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^liver \d+\.\d ml$/m);
    assert.deepEqual(readdirSync(join(folder, "results", "study")).sort(), [
      "montage.png",
      "provenance.json",
      "segmentation.nii.gz",
      "segmentation.seg.dcm",
    ]);
  });
});
