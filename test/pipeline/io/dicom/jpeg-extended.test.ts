import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { readScan } from "../../../../pipeline/io/read-scan.ts";
import { sharedData } from "../../../support/shared-data.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { requireValidator } from "../../../support/validators.ts";

describe("JPEG extended", function () {
  this.timeout(30_000);

  it("decodes 12 bits to the very voxels that DCMTK's decoder gives", async function () {
    requireValidator(this, "dcmtk");
    const original = sharedData(this, "data/dicom/hippocampus-crop-1/1.dcm");
    const folder = temporaryFolder();
    const [compressed, decoded] = [join(folder, "extended.dcm"), join(folder, "decoded.dcm")];
    execFileSync("dcmcjpeg", ["+ee", original, compressed]);
    execFileSync("dcmdjpeg", [compressed, decoded]);
    const voxelsOf = async (path: string) => (await readScan(path)).channels[0].data;
    assert.deepEqual(await voxelsOf(compressed), await voxelsOf(decoded));
  });
});
