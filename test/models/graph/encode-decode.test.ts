import { strict as assert } from "node:assert";
import fc from "fast-check";
import { decodeModel } from "../../../models/graph/decode.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import {
  type Attribute,
  byteLengthOf,
  type ElementType,
  elementTypes,
  fedInputsOf,
  type Graph,
  type Tensor,
} from "../../../models/graph/graph.ts";
import { GraphError } from "../../../models/graph/graph-error.ts";
import { floatsOf, floatTensor, intsOf, intTensor } from "../../../models/graph/tensor.ts";
import { noise } from "../../support/tiny-networks.ts";
import { tinyModel } from "../../support/tiny-onnx.ts";

const word = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" });
const side = fc.oneof(fc.integer({ min: 0, max: 2 ** 40 }), word, fc.constant(undefined));
const float32 = fc.float({ noNaN: true }).map((value) => (value === 0 ? 0 : value));
const whole = fc.maxSafeInteger();

const tensor: fc.Arbitrary<Tensor> = fc
  .record({
    name: word,
    type: fc.constantFrom(...(Object.keys(elementTypes) as ElementType[])),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  })
  .chain((head) => {
    const length = byteLengthOf(head);
    const bytes = fc.uint8Array({ minLength: length, maxLength: length });
    const external = fc.record({
      kind: fc.constant("external" as const),
      location: word,
      offset: fc.nat(),
      length: fc.option(fc.nat(), { nil: undefined }),
    });
    const inline = bytes.map((bytes) => ({ kind: "bytes" as const, bytes }));
    return fc.oneof(inline, external).map((data) => ({ ...head, data }));
  });

const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  whole.map((value) => ({ kind: "int", value }) as const),
  fc.array(whole).map((value) => ({ kind: "ints", value }) as const),
  float32.map((value) => ({ kind: "float", value }) as const),
  fc.array(float32).map((value) => ({ kind: "floats", value }) as const),
  word.map((value) => ({ kind: "string", value }) as const),
  fc.array(word).map((value) => ({ kind: "strings", value }) as const),
  tensor.map((value) => ({ kind: "tensor", value }) as const),
);

const valueInfo = fc.record({
  name: word,
  type: fc.constantFrom("float32" as const, "int64" as const, undefined),
  shape: fc.option(fc.array(side, { maxLength: 5 }), { nil: undefined }),
});

const node = fc.record({
  name: word,
  op: word,
  domain: fc.constantFrom("", "com.microsoft"),
  inputs: fc.array(word),
  outputs: fc.array(word),
  attributes: fc.array(fc.tuple(word, attribute), { maxLength: 4 }).map((entries) => new Map(entries)),
});

const graphs: fc.Arbitrary<Graph> = fc.record({
  name: word,
  opsets: fc.constant(
    new Map([
      ["", 17],
      ["com.microsoft", 1],
    ]),
  ),
  irVersion: fc.integer({ min: 3, max: 13 }),
  inputs: fc.array(valueInfo, { maxLength: 3 }),
  outputs: fc.array(valueInfo, { maxLength: 3 }),
  initializers: fc.array(tensor, { maxLength: 3 }),
  nodes: fc.array(node, { maxLength: 4 }),
  metadata: fc.array(fc.tuple(word, word)).map((entries) => new Map(entries)),
});

/** The same with every byte array as one plain kind, so that a Buffer's view equals a copy. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (value instanceof Map) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

describe("encodeModel and decodeModel", () => {
  it("give back every graph", () =>
    fc.assert(
      fc.property(graphs, (graph) => {
        assert.deepEqual(plain(decodeModel(encodeModel(graph))), plain(graph));
      }),
      { numRuns: 200, seed: 5 },
    ));

  it("give back a graph inside an attribute, in the operator sets of the whole", () => {
    const inner: Graph = decodeModel(tinyModel({ inputs: [], outputs: [], nodes: [] }));
    const value = { kind: "graph", value: { ...inner, metadata: new Map() } } as const;
    const attributes = new Map([["body", value]]);
    const graph = { ...inner, nodes: [{ name: "n", op: "If", domain: "", inputs: [], outputs: [], attributes }] };
    assert.deepEqual(plain(decodeModel(encodeModel(graph))), plain(graph));
  });
});

describe("decodeModel", () => {
  const model = tinyModel({
    inputs: [
      { name: "x", shape: ["N", 1, 5] },
      { name: "w", shape: [2, 3] },
    ],
    outputs: [{ name: "y", shape: ["N"] }],
    nodes: [{ op: "Gemm", inputs: ["x", "w", ""], outputs: ["y"], attributes: { alpha: { float: 0.5 }, transB: 1 } }],
    weights: [{ name: "w", shape: [2, 3], data: noise(6, 1) }],
  });

  it("reads what another encoder wrote", () => {
    const graph = decodeModel(model);
    assert.deepEqual(
      fedInputsOf(graph).map(({ name }) => name),
      ["x"],
      "an initializer that is listed as an input is not fed",
    );
    assert.deepEqual(graph.inputs[0], { name: "x", type: "float32", shape: ["N", 1, 5] });
    assert.deepEqual([...floatsOf(graph.initializers[0])], [...noise(6, 1)]);
    assert.deepEqual(graph.nodes[0].inputs, ["x", "w", ""]);
    assert.deepEqual(graph.nodes[0].attributes.get("alpha"), { kind: "float", value: 0.5 });
    assert.deepEqual(graph.opsets, new Map([["", 17]]));
  });

  it("refuses the file cut at any byte, or gives a smaller graph, with no error but GraphError", () => {
    for (let length = 0; length < model.length; length++)
      try {
        decodeModel(model.subarray(0, length));
      } catch (error) {
        assert.ok(error instanceof GraphError, `${length}: ${String(error)}`);
      }
  });

  it("throws nothing but GraphError on changed bytes, within a second for each", function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(model.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (changes) => {
          const bytes = Uint8Array.from(model);
          for (const [place, value] of changes) bytes[place] = value;
          const start = performance.now();
          try {
            decodeModel(bytes);
          } catch (error) {
            assert.ok(error instanceof GraphError, String(error));
          }
          assert.ok(performance.now() - start < 1000);
        },
      ),
      { numRuns: 2000, seed: 3 },
    );
  });

  it("refuses 10 MB of empty messages, each two bytes long, before making objects of them", () => {
    // Field 7 (graph) that holds field 1 (node) of length 0 again and again.
    const nodes = Buffer.alloc(10 * 2 ** 20, Buffer.from([0x0a, 0x00]));
    const before = process.memoryUsage().rss;
    assert.throws(
      () => decodeModel(Buffer.concat([Buffer.from([0x3a]), varint(nodes.length), nodes])),
      /at most 8000000 records/,
    );
    assert.ok(process.memoryUsage().rss - before < 200e6);
  });

  it("refuses messages nested 40 deep", () => {
    // Graph in attribute in node in graph …, each around the one before.
    let bytes = Buffer.alloc(0);
    const wrap = (tag: number, inner: Buffer) => Buffer.concat([Buffer.from([tag]), varint(inner.length), inner]);
    for (let level = 0; level < 14; level++) bytes = wrap(0x0a, wrap(0x2a, wrap(0x32, bytes)));
    assert.throws(() => decodeModel(wrap(0x3a, bytes)), /at most 32 nested messages/);
  });
});

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    if (rest <= 127) return Buffer.from(bytes);
  }
}

describe("floatTensor and intTensor", () => {
  it("hold little-endian bytes and give the values back", () => {
    const floats = floatTensor("f", [3], [1, -2, 0.5]);
    assert.deepEqual([...floats.data.bytes.subarray(0, 4)], [0, 0, 0x80, 0x3f]);
    assert.deepEqual([...floatsOf(floats)], [1, -2, 0.5]);
    assert.deepEqual(intsOf(intTensor("i", [-1, 2 ** 40])), [-1, 2 ** 40]);
    assert.deepEqual(intTensor("scalar", [7], []).shape, []);
  });

  it("refuse values that are more or fewer than the shape says", () => {
    assert.throws(() => floatTensor("f", [2, 2], [1, 2, 3]), /f: expected 4 values for \[2,2\], got 12 bytes/);
  });

  it("read values at an odd place of a file", () => {
    const bytes = new Uint8Array(9).fill(0);
    bytes.set(new Uint8Array(Float32Array.of(1, 2).buffer), 1);
    const tensor = {
      name: "f",
      type: "float32",
      shape: [2],
      data: { kind: "bytes", bytes: bytes.subarray(1) },
    } as const;
    assert.deepEqual([...floatsOf(tensor)], [1, 2]);
    assert.throws(() => intsOf(tensor), GraphError);
  });
});
