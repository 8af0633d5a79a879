import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { writerNamed } from "../../pipeline/io/writers.ts";
import { boxesVolume, mrScan, straightGrid } from "../support/boxes-scan.ts";
import { runCli } from "../support/cli.ts";
import { levelBundleFolder, levels } from "../support/level-bundle.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const CANARY = "Zyzzyva";

describe("privacy", function () {
  this.timeout(30_000);

  it("P1 lets no patient's name or number into logs, tables, names, pictures or files, but into the DICOM SEG (P6)", async () => {
    const [folder, out] = [temporaryFolder(), temporaryFolder()];
    const box = { start: [1, 2, 3], stop: [4, 9, 11] } as const;
    const volume = boxesVolume(straightGrid([5, 12, 17], [3, 2, 1]), [{ box, intensity: levels.liver }]);
    const identity = {
      patientName: `${CANARY}^Anna`,
      patientId: `${CANARY}-1`,
      studyDescription: `${CANARY} study`,
      seriesDescription: "T2",
    };
    await writerNamed("dicom").write(mrScan(volume), join(folder, "study"), { identity });
    const formats = "nifti,dicom-seg,nrrd,metaimage,json,csv,png";
    const names = ["liver", "appendix", "spleen"];
    const classes = names.map((name, i) => ({ id: i + 1, name, colorRgb: [80 * i, 255 - 80 * i, 40] as const }));
    const flags = ["--bundle", levelBundleFolder({ classes }), "--out", out, "--device", "cpu", "--formats", formats];
    const { code, stdout, stderr } = await runCli(["--verbose", "segment", join(folder, "study"), ...flags]);
    assert.equal(code, 0, stderr);
    const saying = `${stdout}${stderr}`.replaceAll(folder, "");
    assert.ok(!saying.includes(CANARY));
    const files = readdirSync(join(out, "study"));
    assert.equal(files.length, 8);
    for (const name of files) {
      assert.ok(!name.includes(CANARY));
      const bytes = readFileSync(join(out, "study", name));
      const content = name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
      assert.equal(content.includes(CANARY), name === "segmentation.seg.dcm", name);
    }
  });
});
