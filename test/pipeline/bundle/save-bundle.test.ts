import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadBundle } from "../../../pipeline/bundle/load-bundle.ts";
import type { BundleManifest } from "../../../pipeline/bundle/manifest-schema.ts";
import { saveBundle } from "../../../pipeline/bundle/save-bundle.ts";
import { codeOfFailure } from "../../support/read-bytes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { bytesOf, tinyFiles, tinyManifest } from "../../support/tiny-bundle.ts";

const [network] = tinyManifest.networks;
const manifest: BundleManifest = { ...tinyManifest, networks: [{ ...network, file: "nets/tiny.onnx" }] };
const files = new Map([
  ["nets/tiny.onnx", bytesOf(tinyFiles["tiny.onnx"])],
  ["LICENSE", Buffer.from("Apache License\n")],
]);

describe("saveBundle", () => {
  it("writes a folder and a .zip of one content and one hash, which load again", async () => {
    const place = temporaryFolder();
    const [folder, archive] = [join(place, "tiny"), join(place, "tiny.zip")];
    for (const path of [folder, archive]) await saveBundle(path, { manifest, files });
    const [first, second] = [await loadBundle(folder), await loadBundle(archive)];
    assert.equal(first.sha256, second.sha256);
    assert.deepEqual(second.manifest, first.manifest);
    assert.deepEqual(bytesOf((await second.networks[0].read()).model), files.get("nets/tiny.onnx"));
    assert.deepEqual(readdirSync(place).sort(), ["tiny", "tiny.zip"]);
    await second.close();
  });

  it("lists every file with its size and hash", async () => {
    const written = await saveBundle(join(temporaryFolder(), "tiny"), { manifest, files });
    assert.deepEqual(
      written.files?.map(({ path, bytes }) => [path, bytes]),
      [
        ["LICENSE", 15],
        ["nets/tiny.onnx", files.get("nets/tiny.onnx")?.length],
      ],
    );
    // printf 'Apache License\n' | sha256sum
    assert.equal(written.files?.[0].sha256, "15ef3a45b062d92684bcdd84d53f8e1120101dd6294ab9af94c5338bf5b5065f");
  });

  it("writes the same bytes for the same content", async () => {
    const place = temporaryFolder();
    for (const name of ["a.zip", "b.zip"]) await saveBundle(join(place, name), { manifest, files });
    assert.ok(readFileSync(join(place, "a.zip")).equals(readFileSync(join(place, "b.zip"))));
  });

  it("leaves nothing behind when the manifest or a network is wrong", async () => {
    const place = temporaryFolder();
    const wrong = [
      { manifest: { ...manifest, name: "Not A Slug" }, files, code: "M_MANIFEST" },
      { manifest: { ...manifest, classes: [...manifest.classes, ...manifest.classes] }, files, code: "M_LABELS" },
      { manifest, files: new Map([["nets/tiny.onnx", Buffer.from("no graph")]]), code: "M_FORMAT" },
      { manifest, files: new Map(), code: "M_HASH" },
      { manifest, files: new Map([...files, ["bundle.json", Buffer.from("{}")]]), code: "M_MANIFEST" },
      { manifest, files: new Map([...files, ["../evil", Buffer.from("x")]]), code: "M_MANIFEST" },
    ];
    for (const { code, ...bundle } of wrong)
      for (const name of ["tiny", "tiny.zip"])
        assert.equal(await codeOfFailure(saveBundle(join(place, name), bundle)), code);
    assert.deepEqual(readdirSync(place), []);
  });

  it("refuses a folder that has files in it and leaves them alone", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "mine.txt"), "mine");
    assert.match(await codeOfFailure(saveBundle(folder, { manifest, files })), /^E_/);
    assert.deepEqual(readdirSync(folder), ["mine.txt"]);
  });

  it("leaves nothing behind when aborted", async () => {
    const path = join(temporaryFolder(), "tiny.zip");
    const reason = new Error("enough");
    await assert.rejects(saveBundle(path, { manifest, files }, { signal: AbortSignal.abort(reason) }), reason);
    assert.ok(!existsSync(path));
  });
});
