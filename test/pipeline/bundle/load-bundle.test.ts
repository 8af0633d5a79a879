import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeModel } from "../../../models/graph/encode.ts";
import type { Tensor } from "../../../models/graph/graph.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { loadBundle } from "../../../pipeline/bundle/load-bundle.ts";
import { defaultLimits } from "../../../pipeline/volume/limits.ts";
import { codeOfFailure } from "../../support/read-bytes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import {
  bytesOf,
  codeOf,
  faultOf,
  filesAround,
  filesUnder,
  folderOf,
  tinyFiles,
  tinyGraph,
  tinyManifest,
} from "../../support/tiny-bundle.ts";
import { noise } from "../../support/tiny-networks.ts";

const model = bytesOf(tinyFiles["tiny.onnx"]);
const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The tiny bundle with the right hash of its network listed, and then other bytes in its place. */
function listedButHolding(found: Uint8Array | string) {
  const files = [{ path: "tiny.onnx", bytes: model.length, sha256: sha256Of(model) }];
  return { "bundle.json": { ...tinyManifest, files }, "tiny.onnx": found };
}

describe("loadBundle", () => {
  it("gives manifest, networks and their bytes of a folder", async () => {
    const bundle = await loadBundle(folderOf(tinyFiles));
    assert.deepEqual(bundle.manifest, tinyManifest);
    assert.equal(bundle.networks[0].settings.name, "whole");
    assert.deepEqual(await bundle.networks[0].read(), { model: Buffer.from(model), externalData: [] });
  });

  it("gives the same hash wherever the bundle lies, and another one when a byte of any file differs", async () => {
    const hashOf = async (files: Parameters<typeof folderOf>[0]) => (await loadBundle(folderOf(files))).sha256;
    const hash = await hashOf(tinyFiles);
    assert.equal(await hashOf(tinyFiles), hash);
    // Worked out by hand: one line per file, path, NUL, hash.
    const manifestHash = sha256Of(bytesOf(tinyManifest));
    assert.equal(hash, sha256Of(Buffer.from(`bundle.json\0${manifestHash}\ntiny.onnx\0${sha256Of(model)}\n`)));
    assert.notEqual(await hashOf(filesUnder({ version: "1.0.1" })), hash);
    assert.notEqual(await hashOf(filesAround({ name: "other" })), hash);
  });

  it("takes the name of a bundle that ships with the package, unless a path of that name exists", async () => {
    assert.equal((await loadBundle("abdomen-phantom")).manifest.name, "abdomen-phantom");
    const fault = await faultOf("no-such-bundle");
    assert.equal(fault.code, "M_NOT_FOUND");
    assert.match(fault.expected, /abdomen-phantom/);
  });

  it("refuses at read a network that changed since the bundle was loaded", async () => {
    const folder = folderOf(tinyFiles);
    const bundle = await loadBundle(folder);
    writeFileSync(join(folder, "tiny.onnx"), encodeModel({ ...tinyGraph, name: "other" }));
    assert.equal(await codeOfFailure(bundle.networks[0].read()), "M_HASH");
  });

  it("gives the signal's reason when aborted", async () => {
    const reason = new Error("enough");
    await assert.rejects(loadBundle(folderOf(tinyFiles), { signal: AbortSignal.abort(reason) }), reason);
  });

  it("refuses files above the limit with M_SIZE, without reading them", async () => {
    const limits = { ...defaultLimits, modelBytes: 100 };
    assert.equal(await codeOfFailure(loadBundle(folderOf(tinyFiles), { limits })), "M_SIZE");
  });

  it("lets other files lie in a folder, but not in what they are listed for", async () => {
    await loadBundle(folderOf({ ...tinyFiles, "notes.txt": "mine", ".git/config": "" }));
    const files = [{ path: "gone.bin", bytes: 1, sha256: "0".repeat(64) }];
    assert.equal(await codeOf(filesUnder({ files })), "M_HASH", "the network is not listed");
  });

  it("M01 refuses an empty network with M_EMPTY", async () =>
    assert.equal(await codeOf(filesAround(new Uint8Array())), "M_EMPTY"));

  it("M02 refuses a network cut short with M_HASH, or M_FORMAT where no hash is given", async () => {
    const cut = model.subarray(0, model.length - 7);
    assert.equal(await codeOf(listedButHolding(cut)), "M_HASH");
    assert.equal(await codeOf(filesAround(cut)), "M_FORMAT");
  });

  it("M03 refuses random bytes with M_HASH, or M_FORMAT where no hash is given", async () => {
    const random = Uint8Array.from(noise(4096, 1), (value) => 128 * (value + 1));
    assert.equal(await codeOf(listedButHolding(random)), "M_HASH");
    assert.equal(await codeOf(filesAround(random)), "M_FORMAT");
  });

  it("M04 names a Git LFS pointer and a web page in the network's place, with and without a hash", async () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n";
    for (const files of [listedButHolding(pointer), filesAround(Buffer.from(pointer))])
      assert.match((await faultOf(files)).next, /git lfs pull/);
    for (const page of ["<!DOCTYPE html><p>Log in</p>", "\n  <html></html>"])
      assert.match((await faultOf(filesAround(Buffer.from(page)))).got, /web page/);
  });

  it("M04b refuses one flipped bit in the weights with M_HASH", async () => {
    const flipped = Uint8Array.from(model);
    flipped[Buffer.from(model).indexOf(Buffer.from(Float32Array.of(5).buffer))] ^= 1;
    assert.equal(await codeOf(listedButHolding(flipped)), "M_HASH");
  });
});

describe("loadBundle of a network with external weights", () => {
  const [scale] = tinyGraph.initializers;
  const weights = Buffer.from(Float32Array.of(9, 9, 3, 5).buffer);

  /** The tiny bundle with its weights at bytes 8..15 of `weights.bin`, or where `place` says. */
  function outside(place: Partial<Extract<Tensor["data"], { kind: "external" }>> = {}) {
    const data = { kind: "external", location: "weights.bin", offset: 8, length: 8, ...place } as const;
    return { ...filesAround({ initializers: [{ ...scale, data }] }), "weights.bin": weights };
  }

  it("M05 reads them and counts them into the bundle's hash", async () => {
    const bundle = await loadBundle(folderOf(outside()));
    const { externalData } = await bundle.networks[0].read();
    assert.deepEqual(externalData, [{ path: "weights.bin", data: weights }]);
    assert.deepEqual(
      bundle.files.map(({ path }) => path),
      ["bundle.json", "tiny.onnx", "weights.bin"],
    );
    const changed = await loadBundle(folderOf({ ...outside(), "weights.bin": Buffer.alloc(16) }));
    assert.notEqual(changed.sha256, bundle.sha256);
  });

  it("M05 finds them beside a network that lies in a folder of its own", async () => {
    const { "tiny.onnx": graph, "weights.bin": data } = outside() as Record<string, Uint8Array>;
    const [network] = tinyManifest.networks;
    const manifest = { ...tinyManifest, networks: [{ ...network, file: "nets/tiny.onnx" }] };
    await loadBundle(folderOf({ "bundle.json": manifest, "nets/tiny.onnx": graph, "nets/weights.bin": data }));
  });

  for (const [id, location] of [
    ["M06", "../weights.bin"],
    ["M06", "a/../../weights.bin"],
    ["M06", "..\\weights.bin"],
    ["M07", "/etc/passwd"],
    ["M07", "C:/weights.bin"],
    ["M07", ""],
    ["M06", "weights.bin\0"],
  ])
    it(`${id} refuses the place ${JSON.stringify(location)} with M_EXTERNAL`, async () =>
      assert.equal(await codeOf(outside({ location })), "M_EXTERNAL"));

  it("M08 refuses a symbolic link in their place with M_EXTERNAL, and in the network's with M_PATH", async () => {
    for (const [name, code] of [
      ["weights.bin", "M_EXTERNAL"],
      ["tiny.onnx", "M_PATH"],
      ["bundle.json", "M_PATH"],
    ]) {
      const [folder, elsewhere] = [folderOf(outside()), temporaryFolder()];
      renameSync(join(folder, name), join(elsewhere, name));
      symlinkSync(join(elsewhere, name), join(folder, name));
      assert.equal(await codeOf(folder), code, name);
    }
  });

  it("M10 refuses a folder that is a symbolic link with M_EXTERNAL", async () => {
    const folder = folderOf(outside({ location: "data/weights.bin" }));
    symlinkSync(folderOf({ "weights.bin": weights }), join(folder, "data"));
    assert.equal(await codeOf(folder), "M_EXTERNAL");
  });

  it("M11 refuses a missing file, and a folder in its place, with M_EXTERNAL", async () => {
    const folder = folderOf(outside());
    rmSync(join(folder, "weights.bin"));
    assert.equal(await codeOf(folder), "M_EXTERNAL");
    mkdirSync(join(folder, "weights.bin"));
    assert.equal(await codeOf(folder), "M_EXTERNAL");
  });

  for (const [id, what, place] of [
    ["M12", "an offset beyond the end", { offset: 17 }],
    ["M12", "a length beyond the end", { offset: 12 }],
    ["M12", "no length and too few bytes left", { offset: 12, length: undefined }],
    ["M13", "a length shorter than the weight", { length: 4 }],
    ["M13", "a length longer than the weight", { offset: 0, length: 16 }],
  ] as const)
    it(`${id} refuses ${what} with M_EXTERNAL`, async () => assert.equal(await codeOf(outside(place)), "M_EXTERNAL"));

  it("M14 refuses negative, broken and huge offsets", async () => {
    for (const offset of [-8, 1.5, 2 ** 60]) assert.match(await codeOf(outside({ offset })), /^M_(FORMAT|EXTERNAL)$/);
    assert.equal(await codeOf(outside({ length: -8 })), "M_FORMAT");
  });

  it("refuses them inside a node with M_EXTERNAL", async () => {
    const value = { ...scale, data: { kind: "external", location: "weights.bin", offset: 8, length: 8 } } as const;
    const constant = { name: "c", op: "Constant", domain: "", inputs: [], outputs: ["c"] };
    const nodes = [{ ...constant, attributes: new Map([["value", { kind: "tensor", value } as const]]) }];
    const files = filesAround({ nodes: [...nodes, ...tinyGraph.nodes] });
    assert.equal(await codeOf({ ...files, "weights.bin": weights }), "M_EXTERNAL");
  });

  it("M15 refuses a weight of 2^40 elements that holds 8 bytes with M_FORMAT, and one outside with M_EXTERNAL", async () => {
    const huge = { ...floatTensor("scale", [2], [3, 5]), shape: [2 ** 40] };
    assert.equal(await codeOf(filesAround({ initializers: [huge] })), "M_FORMAT");
    const data = { kind: "external", location: "weights.bin", offset: 0, length: undefined } as const;
    const files = filesAround({ initializers: [{ ...huge, data }] });
    assert.equal(await codeOf({ ...files, "weights.bin": weights }), "M_EXTERNAL");
  });
});
