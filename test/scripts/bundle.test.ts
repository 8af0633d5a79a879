import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeModel } from "../../models/graph/encode.ts";
import { checkJson } from "../../pipeline/bundle/json-schema.ts";
import { manifestSchema } from "../../pipeline/bundle/manifest-schema.ts";
import { runCli } from "../support/cli.ts";
import { filesUnder, folderOf, tinyFiles, tinyGraph, tinyManifest } from "../support/tiny-bundle.ts";

describe("rarevox bundle", function () {
  this.timeout(30_000);

  it("validate says of each bundle whether it can be used, and exits with 2 when one cannot", async () => {
    const [good, bad] = [folderOf(tinyFiles), folderOf({ ...tinyFiles, "tiny.onnx": "" })];
    const one = await runCli(["bundle", "validate", good]);
    assert.equal(one.code, 0, one.stderr);
    assert.match(one.stdout, /valid, tiny 1\.0\.0, 1 networks, 1 classes/);
    const both = await runCli(["bundle", "validate", good, bad, "--json"]);
    assert.equal(both.code, 2);
    const [first, second] = JSON.parse(both.stdout);
    assert.equal(first.valid, true);
    assert.match(first.sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual([second.valid, second.problem.code], [false, "M_EMPTY"]);
  });

  it("validate names what init left to be filled in", async () => {
    const folder = folderOf({ "tiny.onnx": encodeModel(tinyGraph) });
    const begun = await runCli(["bundle", "init", join(folder, "tiny.onnx")]);
    assert.equal(begun.code, 0, begun.stderr);
    assert.match(begun.stderr, /bundle\.json.*\/license/);
    const { code, stdout } = await runCli(["bundle", "validate", folder]);
    assert.equal(code, 2);
    assert.match(stdout, /"FILL IN" replaced, got \d+ left: .*\/license.*\/networks\/0\/spacingMm/);
    const again = await runCli(["bundle", "init", join(folder, "tiny.onnx")]);
    assert.equal(again.code, 2);
    assert.equal((await runCli(["bundle", "init", join(folder, "tiny.onnx"), "--force"])).code, 0);
  });

  it("init --json prints the manifest and writes nothing", async () => {
    const folder = folderOf({ "tiny.onnx": encodeModel(tinyGraph) });
    const { code, stdout } = await runCli(["bundle", "init", join(folder, "tiny.onnx"), "--json"]);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).name, "tiny");
    assert.throws(() => readFileSync(join(folder, "bundle.json")));
  });

  it("inspect shows classes, networks and stages, or the whole manifest as JSON", async () => {
    const refine = [{ class: "appendix", keep: "largest", minimumVoxels: 2 }];
    const folder = folderOf(filesUnder({ refine }));
    const { code, stdout } = await runCli(["bundle", "inspect", folder]);
    assert.equal(code, 0);
    assert.match(stdout, /│ 3 +│ appendix +│ +│ largest component, at least 2 voxels +│/);
    assert.match(stdout, /segment whole: all its classes in the whole field of view/);
    const json = await runCli(["bundle", "inspect", folder, "--json"]);
    assert.deepEqual(JSON.parse(json.stdout).manifest, { ...tinyManifest, refine });
  });

  it("schema prints the schema that manifests are checked against", async () => {
    const { code, stdout } = await runCli(["bundle", "schema"]);
    assert.equal(code, 0);
    const schema = JSON.parse(stdout);
    assert.equal(schema.$id, "urn:rarevox:bundle-manifest:1");
    assert.deepEqual(checkJson(tinyManifest, manifestSchema, { where: "x", code: "M" }), tinyManifest);
    assert.deepEqual(Object.keys(schema.properties), Object.keys(manifestSchema.properties));
  });

  it("exits with 2 and no stack for a bundle and a model that are not there", async () => {
    const commands = [
      ["inspect", "no-such-bundle"],
      ["validate", "no-such-bundle"],
      ["init", join(folderOf({}), "gone.onnx")],
      ["init", "no-such-folder/gone.onnx"],
      ["inspect"],
    ];
    const runs = await Promise.all(commands.map((args) => runCli(["bundle", ...args])));
    for (const [n, { code, stderr }] of runs.entries()) {
      assert.equal(code, 2, `${commands[n].join(" ")}: ${stderr}`);
      assert.doesNotMatch(stderr, /\n +at /);
    }
  });
});
