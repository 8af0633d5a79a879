import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { loadBundle } from "../../../pipeline/bundle/load-bundle.ts";
import { type RawEntry, rawZip } from "../../support/raw-zip.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { bytesOf, codeOf, type Files, tinyFiles, tinyManifest } from "../../support/tiny-bundle.ts";

function entriesOf(files: Files): readonly RawEntry[] {
  return Object.entries(files).map(([name, content]) => ({ name, bytes: bytesOf(content) }));
}

const good = entriesOf(tinyFiles);

function archive(entries: readonly RawEntry[], options: { readonly disk?: number } = {}): string {
  const path = join(temporaryFolder(), "bundle.zip");
  writeFileSync(path, rawZip(entries, options));
  return path;
}

describe("loadBundle of a .zip", () => {
  it("reads stored and deflated entries, folders among them, and gives the hash of the same folder", async () => {
    const deflated = good.map(({ name, bytes = new Uint8Array() }) => ({
      name,
      bytes: deflateRawSync(bytes),
      method: 8,
      size: bytes.length,
      checksum: crc32(bytes),
    }));
    const [stored, packed] = [
      await loadBundle(archive([{ name: "docs/" }, ...good])),
      await loadBundle(archive(deflated)),
    ];
    assert.equal(packed.sha256, stored.sha256);
    assert.deepEqual(bytesOf((await packed.networks[0].read()).model), bytesOf(tinyFiles["tiny.onnx"]));
    await Promise.all([stored.close(), packed.close()]);
  });

  it("looks through a single folder around everything", async () => {
    const outer = good.map((entry) => ({ ...entry, name: `tiny-1.0/${entry.name}` }));
    const bundle = await loadBundle(archive([{ name: "tiny-1.0/" }, ...outer]));
    assert.equal(bundle.manifest.name, "tiny");
    await bundle.close();
  });

  for (const [id, name] of [
    ["Z1", "../evil.onnx"],
    ["Z1", "weights/../../evil.onnx"],
    ["Z2", "/etc/evil.onnx"],
    ["Z2", "C:/evil.onnx"],
    ["Z3", "..\\evil.onnx"],
    ["Z3", "weights\\evil.onnx"],
    ["Z1", "we\0ights.onnx"],
    ["Z1", ".ssh/authorized_keys"],
  ])
    it(`${id} refuses an entry called ${JSON.stringify(name)} with Z_PATH`, async () =>
      assert.equal(await codeOf(archive([...good, { name }])), "Z_PATH"));

  it("Z4 refuses a symbolic link with Z_SYMLINK", async () => {
    const link = { name: "weights.bin", bytes: Buffer.from("/etc/passwd"), mode: 0o120777 };
    assert.equal(await codeOf(archive([...good, link])), "Z_SYMLINK");
  });

  it("Z6 refuses a bomb that declares 1 GiB with Z_SIZE, in less than 300 MB more memory", async () => {
    const bytes = deflateRawSync(Buffer.alloc(2 ** 20));
    const before = process.memoryUsage().rss;
    assert.equal(await codeOf(archive([...good, { name: "big.bin", bytes, method: 8, size: 2 ** 30 }])), "Z_SIZE");
    assert.ok(process.memoryUsage().rss - before < 300e6);
  });

  it("Z6 refuses a bomb that declares less than it holds, after what it declares", async () => {
    const bomb = { bytes: deflateRawSync(Buffer.alloc(2 ** 24)), method: 8, size: 100 };
    assert.equal(await codeOf(archive([good[0], { name: "tiny.onnx", ...bomb }])), "Z_FORMAT");
  });

  it("Z8 refuses 10,001 entries with Z_COUNT", async () => {
    const many = Array.from({ length: 10_001 }, (_, n) => ({ name: `weights/${n}.bin` }));
    assert.equal(await codeOf(archive(many)), "Z_COUNT");
  });

  it("Z9 refuses names that differ in case only, and one name twice, with Z_CASE", async () => {
    assert.equal(await codeOf(archive([...good, { name: "Tiny.onnx" }])), "Z_CASE");
    assert.equal(await codeOf(archive([...good, { name: "tiny.onnx" }])), "Z_CASE");
  });

  it("Z10 refuses encrypted entries, split archives and unknown compressions", async () => {
    // Traditional encryption puts 12 bytes before an entry.
    const encrypted = { ...good[1], flags: 1, size: bytesOf(tinyFiles["tiny.onnx"]).length - 12 };
    assert.equal(await codeOf(archive([good[0], encrypted])), "Z_ENCRYPTED");
    assert.equal(await codeOf(archive(good, { disk: 1 })), "Z_FORMAT");
    assert.equal(await codeOf(archive([good[0], { ...good[1], method: 99 }])), "Z_FORMAT");
  });

  it("Z10 refuses a zip64 size that no record gives", async () =>
    assert.equal(await codeOf(archive([good[0], { ...good[1], size: 0xffffffff }])), "Z_FORMAT"));

  it("Z11 refuses an archive cut anywhere with Z_FORMAT", async () => {
    const whole = rawZip(good);
    for (const share of [0.1, 0.5, 0.9, 0.99]) {
      const path = join(temporaryFolder(), "cut.zip");
      writeFileSync(path, whole.subarray(0, Math.floor(share * whole.length)));
      assert.equal(await codeOf(path), "Z_FORMAT", `cut at ${share}`);
    }
  });

  it("Z11 refuses an entry whose checksum is another with Z_FORMAT", async () =>
    assert.equal(await codeOf(archive([good[0], { ...good[1], checksum: 1 }])), "Z_FORMAT"));

  for (const name of ["extra.bin", "run.sh", "weights.pkl", "other.onnx"])
    it(`Z12 refuses the unlisted ${name} with Z_UNLISTED`, async () =>
      assert.equal(await codeOf(archive([...good, { name, bytes: Buffer.from("x") }])), "Z_UNLISTED"));

  it("Z12 lets a licence and a README lie in an archive that lists no files, but not in one that does", async () => {
    const documents = [{ name: "LICENSE" }, { name: "README.md" }];
    await (await loadBundle(archive([...good, ...documents]))).close();
    const bytes = bytesOf(tinyFiles["tiny.onnx"]);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const manifest = { ...tinyManifest, files: [{ path: "tiny.onnx", bytes: bytes.length, sha256 }] };
    const listed = entriesOf({ ...tinyFiles, "bundle.json": manifest });
    assert.equal(await codeOf(archive([...listed, ...documents])), "Z_UNLISTED");
  });

  it("refuses a file that is no archive with Z_FORMAT, an archive without a manifest with M_MISSING", async () => {
    const path = join(temporaryFolder(), "page.zip");
    writeFileSync(path, "<!DOCTYPE html><title>Log in</title>");
    assert.equal(await codeOf(path), "Z_FORMAT");
    assert.equal(await codeOf(archive([good[1]])), "M_MISSING");
  });
});
