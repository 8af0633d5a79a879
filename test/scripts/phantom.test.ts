import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const draw = (out: string, ...args: readonly string[]) =>
  runCli(["phantom", "mre", "--size", "small", "--seed", "5", "--out", out, ...args]);

describe("rarevox phantom", () => {
  it("refuses a folder that holds something else, with exit code 2", async () => {
    const out = temporaryFolder();
    writeFileSync(join(out, "letter.txt"), "mine");
    const { code, stderr } = await draw(out, "--cases", "1");
    assert.equal(code, 2);
    assert.match(stderr, /expected an empty folder, .* Name another folder/);
  });

  it("refuses no cases and unknown sizes, with exit code 2", async () => {
    const out = join(temporaryFolder(), "data");
    assert.equal((await draw(out, "--cases", "0")).code, 2);
    assert.equal((await runCli(["phantom", "mre", "--out", out, "--size", "huge"])).code, 2);
    assert.ok(!existsSync(out));
  });
});

describe("rarevox phantom @slow", function () {
  this.timeout(300_000);
  const out = join(temporaryFolder(), "made", "data");

  it("goes on after Ctrl-C, says what it drew, and writes what training plans on", async () => {
    const first = await runCli(
      ["phantom", "mre", "--size", "small", "--seed", "5", "--out", out, "--cases", "3"],
      (child) => {
        const timer = setInterval(() => {
          if (!existsSync(join(out, "labelsTr")) || !readdirSync(join(out, "labelsTr")).some(isLabel)) return;
          clearInterval(timer);
          child.kill("SIGINT");
        }, 5);
        child.once("close", () => clearInterval(timer));
      },
    );
    assert.equal(first.code, 130, first.stderr);
    assert.ok(!existsSync(join(out, "dataset.json")));

    const { code, stdout, stderr } = await draw(out, "--cases", "3", "--json");
    assert.equal(code, 0, stderr);
    const { cases } = JSON.parse(stdout);
    assert.deepEqual(
      cases.map(({ id }: { id: string }) => id),
      ["mre_0001", "mre_0002", "mre_0003"],
    );
    assert.deepEqual(cases, JSON.parse(readFileSync(join(out, "phantom.json"), "utf8")).cases);
    assert.deepEqual(readdirSync(join(out, "labelsTr")).sort(), [
      "mre_0001.nii.gz",
      "mre_0002.nii.gz",
      "mre_0003.nii.gz",
    ]);
    assert.equal(readFileSync(join(out, "montage.png")).subarray(1, 4).toString(), "PNG");

    const run = join(temporaryFolder(), "run");
    const cache = join(temporaryFolder(), "cache");
    const planned = await runCli(["train", out, "--out", run, "--plan-only", "--cache", cache]);
    assert.equal(planned.code, 0, planned.stderr);
    assert.deepEqual(JSON.parse(readFileSync(join(run, "plan.json"), "utf8")).patch.length, 3);
  });

  it("draws axial abdomens, whole or not at all", async () => {
    const abdomens = join(temporaryFolder(), "abdomens");
    const args = ["phantom", "abdomen", "--cases", "1", "--out", abdomens];
    assert.equal((await runCli(args)).code, 0);
    assert.deepEqual(readdirSync(join(abdomens, "labelsTr")), ["phantom_1.nii.gz"]);
    assert.equal((await runCli(args)).code, 4);
  });
});

const isLabel = (name: string) => /^mre_\d+\.nii\.gz$/.test(name);
