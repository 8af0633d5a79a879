import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { halvesInto } from "../../../../pipeline/io/npz/half-floats.ts";
import { npyHeaderOf } from "../../../../pipeline/io/npz/npy-header.ts";
import { openNpz } from "../../../../pipeline/io/npz/open-npz.ts";
import { npyFile, npzFile } from "../../../support/npy-file.ts";
import { rawZip } from "../../../support/raw-zip.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { debianPython, requireValidator } from "../../../support/validators.ts";

const values = [0, 0.25, 1, 0.125, 0.5, 0.75];

/** The shape and all pieces of `size` of an archive's array. */
async function read(bytes: Uint8Array, size = 6, names: readonly string[] = ["probabilities"]) {
  const path = join(temporaryFolder(), "a.npz");
  writeFileSync(path, bytes);
  const array = await openNpz(path, names);
  const pieces: number[][] = [];
  try {
    const count = array.shape.reduce((product, side) => product * side, 1);
    for (let done = 0; done < count; done += size) {
      const piece = new Float32Array(size);
      await array.readInto(piece);
      pieces.push([...piece]);
    }
  } finally {
    array.close();
  }
  return { shape: array.shape, pieces };
}

describe("openNpz", () => {
  it("reads what NumPy writes, in each precision, piece by piece", function () {
    requireValidator(this, "scipy");
    const folder = temporaryFolder();
    const program = [
      "import numpy as np, sys",
      "v = np.array([0, .25, 1, .125, .5, .75]).reshape(2, 1, 1, 3)",
      "for t in ('f2', 'f4', 'f8'): np.savez_compressed(f'{sys.argv[1]}/{t}.npz', probabilities=v.astype('<' + t))",
      "np.savez(f'{sys.argv[1]}/stored.npz', softmax=v.astype('<f4'), other=v)",
    ].join("\n");
    const { status, stderr } = spawnSync(debianPython, ["-c", program, folder], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return Promise.all(
      ["f2", "f4", "f8", "stored"].map(async (name) => {
        const array = await openNpz(join(folder, `${name}.npz`), ["probabilities", "softmax"]);
        assert.deepEqual(array.shape, [2, 1, 1, 3]);
        for (const expected of [values.slice(0, 3), values.slice(3)]) {
          const piece = new Float32Array(3);
          await array.readInto(piece);
          assert.deepEqual([...piece], expected);
        }
        array.close();
      }),
    );
  });

  it("reads arrays far longer than a piece of the stream", async () => {
    const long = Array.from({ length: 300_000 }, (_, i) => (i % 1000) / 1000);
    const { pieces } = await read(npzFile({ probabilities: { shape: [3, 100_000], values: long } }), 100_000);
    assert.deepEqual(pieces.flat(), [...Float32Array.from(long)]);
  });

  it("names an array that is not there, and files that are no archive", async () => {
    const other = npzFile({ logits: { shape: [6], values } });
    await assert.rejects(read(other), /expected an array named probabilities, got 1 others/);
    await assert.rejects(
      read(Buffer.from("no archive at all, however long it may be")),
      /expected a whole NumPy archive/,
    );
    await assert.rejects(openNpz("/nowhere.npz", []), /expected a whole NumPy archive, got ENOENT/);
  });

  it("refuses arrays that are longer or shorter than they say, before taking memory for them", async () => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    for (const shape of [[7], [5], [1e9, 1e3]]) {
      const file = npyFile("<f4", shape, bytes);
      await assert.rejects(
        read(rawZip([{ name: "probabilities.npy", bytes: file }])),
        /expected \d+ bytes, as the archive/,
      );
    }
    const cut = npyFile("<f4", [6], bytes.subarray(0, 20));
    const lying = rawZip([{ name: "probabilities.npy", bytes: cut, size: cut.length + 4 }]);
    await assert.rejects(read(lying), /Z_NPZ|expected/);
  });

  it("refuses a wrong checksum, other numbers, Fortran's order and text", async () => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    const of = (file: Uint8Array, checksum?: number) =>
      read(rawZip([{ name: "probabilities.npy", bytes: file, ...(checksum === undefined ? {} : { checksum }) }]));
    const good = npyFile("<f4", [6], bytes);
    await assert.doesNotReject(of(good));
    await assert.rejects(of(good, 1), /with the checksum that the archive declares, got others/);
    await assert.rejects(of(npyFile(">f4", [6], bytes)), /numbers that are not floating-point, little endian/);
    await assert.rejects(of(npyFile("|O", [6], bytes)), /numbers that are not floating-point/);
    await assert.rejects(
      of(Buffer.from(good.toString("latin1").replace("False", "True "), "latin1")),
      /Fortran's order/,
    );
    await assert.rejects(of(Buffer.from("text")), /no NumPy array/);
  });
});

describe("npyHeaderOf", () => {
  it("reads version 2, whose header may be longer, and scalars", () => {
    const text = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}\n";
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    const file = Buffer.concat([Buffer.from("\x93NUMPY\x02\x00", "latin1"), length, Buffer.from(text)]);
    assert.deepEqual(npyHeaderOf(file), { type: "float64", shape: [2, 3], bytes: 12 + text.length });
    assert.equal(npyHeaderOf(file.subarray(0, 40)), "a header that does not end");
    assert.equal(npyHeaderOf(Buffer.from("\x93NUMPY", "latin1")), "no NumPy array");
  });
});

describe("halvesInto", () => {
  it("turns the patterns of IEEE 754 into what they mean", () => {
    const patterns: readonly (readonly [number, number])[] = [
      [0x3c00, 1],
      [0xc000, -2],
      [0x3555, 0.333251953125],
      [0x7bff, 65504],
      [0x0400, 2 ** -14],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
      [0x0000, 0],
    ];
    const bytes = Buffer.alloc(2 * patterns.length);
    for (const [n, [bits]] of patterns.entries()) bytes.writeUInt16LE(bits, 2 * n);
    const into = new Float32Array(patterns.length);
    halvesInto(into, bytes);
    assert.deepEqual(
      [...into],
      patterns.map(([, value]) => value),
    );
    halvesInto(into.subarray(0, 1), Buffer.of(0x01, 0x7c));
    assert.ok(Number.isNaN(into[0]));
  });
});
