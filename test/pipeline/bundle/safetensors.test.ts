import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "../../../pipeline/bundle/safetensors.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { requireValidator } from "../../support/validators.ts";

const folder = temporaryFolder();
const path = join(folder, "weights.safetensors");
const tensors = new Map([
  ["encoder.weight", { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 5, 6) }],
  ["scalar", { shape: [], data: Float32Array.of(7) }],
  ["empty", { shape: [0, 4], data: new Float32Array(0) }],
]);
const metadata = new Map([["format", "test é"]]);

/** A file with any header over any data. */
function fileOf(header: unknown, data: Uint8Array = new Uint8Array(0), length?: bigint): string {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(length ?? BigInt(text.length));
  const made = join(folder, "made.safetensors");
  writeFileSync(made, Buffer.concat([size, text, data]));
  return made;
}

describe("safetensors", () => {
  it("come back as they were written, numbers aligned to 8 bytes", async () => {
    await writeSafetensors(path, { tensors, metadata });
    assert.deepEqual(await readSafetensors(path), { tensors, metadata });
    assert.equal((8 + Number(readFileSync(path).readBigUInt64LE())) % 8, 0);
  });

  it("are what NumPy reads by the format's description: names, shapes and numbers", async function () {
    requireValidator(this, "nibabel"); // NumPy comes with it
    await writeSafetensors(path, { tensors, metadata });
    const program = [
      "import json, struct, sys, numpy as np",
      "data = open(sys.argv[1], 'rb').read()",
      "n, = struct.unpack('<Q', data[:8])",
      "header = json.loads(data[8:8 + n])",
      "header.pop('__metadata__')",
      "show = lambda e: np.frombuffer(data[8 + n:][slice(*e['data_offsets'])], '<f4').reshape(e['shape']).tolist()",
      "print(json.dumps({name: show(entry) for name, entry in header.items()}))",
    ].join("\n");
    const found = JSON.parse(execFileSync("/usr/bin/python3", ["-c", program, path], { encoding: "utf8" }));
    assert.deepEqual(found, {
      "encoder.weight": [
        [1, -2, 3.5],
        [0, 5, 6],
      ],
      scalar: 7,
      empty: [],
    });
  });

  it("may hold whole numbers beside the weights, which are left out", async () => {
    const header = {
      index: { dtype: "I64", shape: [3], data_offsets: [0, 24] },
      weight: { dtype: "F32", shape: [1], data_offsets: [24, 28] },
      mask: { dtype: "BOOL", shape: [2, 2], data_offsets: [28, 32] },
    };
    const data = new Uint8Array(32);
    new DataView(data.buffer).setFloat32(24, -1.5, true);
    const found = await readSafetensors(fileOf(header, data));
    assert.deepEqual([...found.tensors], [["weight", { shape: [1], data: Float32Array.of(-1.5) }]]);
  });

  const refused: readonly (readonly [name: string, make: () => string, message: RegExp])[] = [
    [
      "a header longer than the file",
      () => fileOf("{}", undefined, 1n << 60n),
      /expected a header inside the file's 10 bytes/,
    ],
    [
      "no header",
      () => {
        writeFileSync(join(folder, "short"), "abc");
        return join(folder, "short");
      },
      /expected 8 bytes of header length, got 3 bytes/,
    ],
    ["a header that is no object", () => fileOf([1]), /expected a JSON object as header/],
    [
      "half-precision weights",
      () => fileOf({ a: { dtype: "F16", shape: [1], data_offsets: [0, 2] } }, new Uint8Array(2)),
      /a\/dtype/,
    ],
    [
      "bytes that do not fit the shape",
      () => fileOf({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }, new Uint8Array(8)),
      /expected 12 bytes from 0, got 0 to 8/,
    ],
    [
      "too few bytes of whole numbers",
      () => fileOf({ a: { dtype: "I64", shape: [3], data_offsets: [0, 12] } }, new Uint8Array(12)),
      /expected 24 bytes from 0, got 0 to 12/,
    ],
    [
      "a shape larger than any memory",
      () => fileOf({ a: { dtype: "F32", shape: [2 ** 50, 4], data_offsets: [0, 8] } }, new Uint8Array(8)),
      /got 0 to 8/,
    ],
    [
      "tensors that overlap",
      () =>
        fileOf(
          {
            a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
            b: { dtype: "F32", shape: [1], data_offsets: [4, 8] },
          },
          new Uint8Array(8),
        ),
      /expected 4 bytes from 8, got 4 to 8/,
    ],
    [
      "bytes that no tensor names",
      () => fileOf({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, new Uint8Array(12)),
      /expected 4 bytes of weights, got 12/,
    ],
    ["metadata that is no text", () => fileOf({ __metadata__: { step: 1 } }), /__metadata__\/step/],
  ];
  for (const [name, make, message] of refused)
    it(`with ${name} are refused before memory is taken`, () => assert.rejects(readSafetensors(make()), message));
});
