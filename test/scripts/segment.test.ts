import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { writerNamed } from "../../pipeline/io/writers.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { boxesVolume, mrScan, straightGrid } from "../support/boxes-scan.ts";
import { runCli } from "../support/cli.ts";
import { levelBundleFolder, levels } from "../support/level-bundle.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A NIfTI file with a liver of 3 × 7 × 8 voxels. */
async function liverScan(path: string, shape: Triple = [5, 12, 17]): Promise<string> {
  const box = { start: [1, 2, 3], stop: [4, 9, 11] } as const;
  const volume = boxesVolume(straightGrid(shape, [3, 2, 1]), [{ box, intensity: levels.liver }]);
  await writerNamed("nifti").write(mrScan(volume), path, {});
  return path;
}

describe("rarevox segment", function () {
  this.timeout(30_000);

  it("segments every scan of a folder, reports the bad one, and exits with 3", async () => {
    const [folder, out] = [temporaryFolder(), temporaryFolder()];
    await liverScan(join(folder, "first.nii.gz"));
    await liverScan(join(folder, "second.nii"));
    writeFileSync(join(folder, "broken.nii.gz"), readFileSync(join(folder, "first.nii.gz")).subarray(0, 90));
    const { code, stderr, stdout } = await runCli([
      "segment",
      folder,
      "--bundle",
      levelBundleFolder(),
      "--out",
      out,
      "--device",
      "cpu",
    ]);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /refused: N_GZ_TRUNC .*broken\.nii\.gz/);
    assert.match(stderr, /2 of 2 scans segmented, 1 refused/);
    assert.match(stdout, /liver +│ +168 │ 1\.01/);
    assert.deepEqual(readdirSync(out).sort(), ["first", "second"]);
    assert.ok(existsSync(join(out, "first", "segmentation.nii.gz")));
  });

  it("prints one JSON document with --json and nothing else on stdout", async () => {
    const [folder, out] = [temporaryFolder(), temporaryFolder()];
    const scan = await liverScan(join(folder, "scan.nii.gz"));
    const flags = [
      "--bundle",
      levelBundleFolder(),
      "--out",
      out,
      "--device",
      "cpu",
      "--formats",
      "nifti,json",
      "--json",
    ];
    const { code, stdout } = await runCli(["segment", scan, ...flags]);
    assert.equal(code, 0);
    const { cases, refusals } = JSON.parse(stdout);
    assert.deepEqual(refusals, []);
    assert.equal(cases[0].status, "done");
    assert.equal(cases[0].measurements[0].voxels, 168);
    assert.deepEqual(
      cases[0].files.map(({ path }: { path: string }) => path),
      ["segmentation.nii.gz", "measurements.json"],
    );
  });

  it("gives two scans of one name folders of their own, O2", async () => {
    const [one, two, out] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    await liverScan(join(one, "scan.nii.gz"));
    await liverScan(join(two, "scan.nii.gz"));
    const flags = ["--bundle", levelBundleFolder(), "--out", out, "--device", "cpu", "--formats", "csv"];
    const { code } = await runCli(["segment", one, two, ...flags]);
    assert.equal(code, 0);
    assert.equal(readdirSync(out).length, 2);
    for (const name of readdirSync(out)) assert.match(name, /^scan-[0-9a-f]{8}$/);
  });

  it("exits with 2 for a bundle that is not there, an unknown device, and a wrong option", async () => {
    const scan = await liverScan(join(temporaryFolder(), "scan.nii.gz"));
    const out = join(temporaryFolder(), "out");
    const bundle = levelBundleFolder();
    const runs = [
      ["segment", scan, "--bundle", "no-such-bundle", "--out", out],
      ["segment", scan, "--bundle", bundle, "--out", out, "--device", "abacus"],
      ["segment", scan, "--bundle", bundle, "--out", out, "--overlap", "1.5"],
      ["segment", scan, "--bundle", bundle],
      ["sgment"],
    ];
    for (const { args, code, stderr } of await Promise.all(
      runs.map(async (args) => ({ args, ...(await runCli(args)) })),
    )) {
      assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
      assert.doesNotMatch(stderr, /\n +at /, "no stack for a user's mistake");
    }
    assert.ok(!existsSync(out));
  });

  it("exits with 4 when a device is asked for that this machine does not have", async () => {
    const scan = await liverScan(join(temporaryFolder(), "scan.nii.gz"));
    const flags = ["--bundle", levelBundleFolder(), "--out", temporaryFolder(), "--device", "coreml"];
    const { code, stderr } = await runCli(["segment", scan, ...flags]);
    assert.equal(code, 4, stderr);
  });

  it("P2 names output folders without the patient's folder, and keeps control characters out of the terminal", async () => {
    const folder = temporaryFolder();
    const scan = await liverScan(join(folder, "a\u001b[31mb.nii.gz"));
    const out = temporaryFolder();
    const flags = ["--bundle", levelBundleFolder(), "--out", out, "--device", "cpu", "--formats", "csv"];
    const { code, stdout, stderr } = await runCli(["segment", scan, ...flags]);
    assert.equal(code, 0);
    assert.deepEqual(readdirSync(out), ["a_31mb"]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what must not be there
    assert.doesNotMatch(stdout + stderr, /\u001b\[31mb/);
  });

  it("O1 refuses to write results among the inputs, where the next run would segment them", async () => {
    const folder = temporaryFolder();
    await liverScan(join(folder, "scan.nii.gz"));
    const flags = ["--bundle", levelBundleFolder(), "--out", join(folder, "results"), "--device", "cpu"];
    const { code, stderr } = await runCli(["segment", folder, ...flags]);
    assert.equal(code, 2);
    assert.match(stderr, /expected a folder outside the inputs/);
    assert.deepEqual(readdirSync(folder), ["scan.nii.gz"]);
  });

  it("leaves no half-written case behind on Ctrl-C, and exits with 130", async () => {
    const [folder, out] = [temporaryFolder(), temporaryFolder()];
    for (let n = 0; n < 12; n++) await liverScan(join(folder, `scan-${n}.nii`), [40, 120, 120]);
    const flags = ["--bundle", levelBundleFolder(), "--out", out, "--device", "cpu"];
    const { code, stderr } = await runCli(["segment", folder, ...flags], (child) =>
      child.stderr?.on("data", (text: string) => {
        if (text.includes("[2/12]")) child.kill("SIGINT");
      }),
    );
    assert.equal(code, 130, stderr);
    const cases = readdirSync(out);
    assert.ok(cases.length >= 1 && cases.length < 12, cases.join(" "));
    for (const name of cases) {
      assert.match(basename(name), /^scan-\d+$/, "no temporary folder stays");
      assert.equal(readdirSync(join(out, name)).length, 5);
    }
  });
});
