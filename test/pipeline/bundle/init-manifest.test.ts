import { strict as assert } from "node:assert";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { int, ints, nodeOf } from "../../../models/graph/attributes.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import type { Dimension, Graph, GraphNode } from "../../../models/graph/graph.ts";
import { initBundle, initManifest } from "../../../pipeline/bundle/init-manifest.ts";
import { loadBundle } from "../../../pipeline/bundle/load-bundle.ts";
import { placeholdersIn } from "../../../pipeline/bundle/placeholders.ts";
import { codeOfFailure } from "../../support/read-bytes.ts";
import { repositoryRoot, sharedData } from "../../support/shared-data.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { codeOf, faultOf, folderOf, tinyGraph } from "../../support/tiny-bundle.ts";

/** The part of a first manifest that a graph decides. */
interface Draft {
  readonly classes: readonly { readonly id: number; readonly name: string; readonly colorRgb: readonly number[] }[];
  readonly input: { readonly channels: readonly unknown[] };
  readonly networks: readonly {
    readonly patch: Readonly<Record<string, unknown>>;
    readonly output: { readonly kind: string; readonly channels: readonly string[] };
  }[];
  readonly training: { readonly settings: unknown };
}

async function draftOf(graph: Partial<Graph>): Promise<Draft> {
  const folder = folderOf({ "My Net.onnx": encodeModel({ ...tinyGraph, ...graph }) });
  return (await initManifest(join(folder, "My Net.onnx"))) as unknown as Draft;
}

/** A graph of nodes from `image` to `out` with the given sides. */
function between(
  input: readonly Dimension[],
  nodes: readonly GraphNode[],
  output: readonly Dimension[],
): Partial<Graph> {
  return {
    inputs: [{ name: "image", type: "float32", shape: input }],
    outputs: [{ name: "out", type: "float32", shape: output }],
    nodes,
  };
}

describe("initManifest", () => {
  it("takes channels and a fixed patch from the graph, logits with a background where channels rival", async () => {
    const graph = between([1, 2, 24, 40, 56], [nodeOf("Identity", ["image"], ["out"])], [1, 4, 24, 40, 56]);
    const { classes, input, networks, training } = await draftOf(graph);
    assert.deepEqual(
      classes.map(({ id }) => id),
      [1, 2, 3],
    );
    assert.equal(input.channels.length, 2);
    assert.deepEqual(networks[0].patch, { kind: "fixed", size: [24, 40, 56] });
    assert.equal(networks[0].output.kind, "logits");
    assert.deepEqual(networks[0].output.channels, ["background", ...classes.map(({ name }) => name)]);
    assert.deepEqual(training.settings, { onnxOpset: 17 });
  });

  for (const [op, kind, count] of [
    ["Softmax", "probabilities", 2],
    ["Sigmoid", "sigmoid", 3],
    ["Relu", "logits", 2],
  ] as const)
    it(`tells ${kind} from a ${op} at the end, also behind a Cast`, async () => {
      const nodes = [nodeOf(op, ["image"], ["made"]), nodeOf("Cast", ["made"], ["out"], { to: int(1) })];
      const { classes, networks } = await draftOf(between([1, 1, 8, 8, 8], nodes, [1, 3, 8, 8, 8]));
      assert.equal(networks[0].output.kind, kind);
      assert.equal(classes.length, count);
    });

  it("asks for the patch size where sides are open, and says what strides divide them by", async () => {
    const stride = (d: number, h: number, w: number) => ({ strides: ints([d, h, w]), kernel_shape: ints([d, h, w]) });
    const nodes = [
      nodeOf("MaxPool", ["image"], ["a"], stride(1, 2, 2)),
      nodeOf("AveragePool", ["a"], ["b"], stride(2, 2, 2)),
      nodeOf("ConvTranspose", ["b", "scale"], ["c"], stride(2, 2, 2)),
      nodeOf("MaxPool", ["c"], ["out"], stride(1, 1, 3)),
    ];
    const { networks } = await draftOf(between(["N", 1, "D", "H", "W"], nodes, ["N", 1, "D", "H", "W"]));
    // D: 1 * 2. H: 2 * 2. W: 2 * 2, then 2 * 2 / 2 * 3 = 6.
    assert.deepEqual(networks[0].patch.step, [2, 4, 6]);
    assert.match(String(networks[0].patch.largest), /^FILL IN: .*multiples of \[2, 4, 6\]/);
  });

  it("gives a 2-D network patches that are one slice thick", async () => {
    const { networks } = await draftOf(
      between([1, 1, 64, 96], [nodeOf("Identity", ["image"], ["out"])], [1, 2, 64, 96]),
    );
    assert.deepEqual(networks[0].patch, { kind: "fixed", size: [1, 64, 96] });
  });

  it("gives 40 classes 40 colours", async () => {
    const graph = between([1, 1, 8, 8, 8], [nodeOf("Identity", ["image"], ["out"])], [1, 41, 8, 8, 8]);
    const { classes } = await draftOf(graph);
    assert.equal(new Set(classes.map(({ colorRgb }) => String(colorRgb))).size, 40);
    assert.ok(classes.every(({ colorRgb }) => colorRgb.every((part) => part >= 0 && part <= 255)));
  });

  it("refuses what can be no network of a bundle: no image, no scores, a forbidden operator, no graph", async () => {
    const identity = [nodeOf("Identity", ["image"], ["out"])];
    for (const [code, graph] of [
      ["M_INPUT", between([7], identity, [7])],
      ["M_LABELS", { outputs: [{ name: "score", type: "int64", shape: [1] }] }],
      ["M_OP", between([1, 1, 8, 8, 8], [nodeOf("Loop", ["image"], ["out"])], [1, 1, 8, 8, 8])],
    ] as const)
      assert.equal(await codeOfFailure(draftOf(graph as Partial<Graph>)), code);
    const notes = join(folderOf({ "notes.onnx": "hello" }), "notes.onnx");
    assert.equal(await codeOfFailure(initManifest(notes)), "M_FORMAT");
  });
});

describe("initBundle", () => {
  it("makes a folder a bundle that names every placeholder until a person replaces it", async () => {
    const folder = folderOf({ "tiny.onnx": encodeModel(tinyGraph) });
    const path = await initBundle(join(folder, "tiny.onnx"));
    const { code, got } = await faultOf(folder);
    assert.equal(code, "M_INCOMPLETE");
    const left = placeholdersIn(JSON.parse(readFileSync(path, "utf8")));
    for (const pointer of left) assert.ok(got.includes(pointer), pointer);
    for (const needed of ["/license", "/classes/0/name", "/networks/0/spacingMm", "/input/channels/0/normalisation"])
      assert.ok(left.includes(needed), needed);
  });

  it("leaves a manifest that is there alone unless told otherwise", async () => {
    const folder = folderOf({ "tiny.onnx": encodeModel(tinyGraph), "bundle.json": "mine" });
    assert.equal(await codeOfFailure(initBundle(join(folder, "tiny.onnx"))), "M_EXISTS");
    assert.equal(readFileSync(join(folder, "bundle.json"), "utf8"), "mine");
    await initBundle(join(folder, "tiny.onnx"), { overwrite: true });
    assert.equal(await codeOf(folder), "M_INCOMPLETE");
  });

  it("begins the hippocampus network's manifest, which loads once completed", async function () {
    const folder = temporaryFolder();
    copyFileSync(sharedData(this, "models/hippocampus-unet3d/model.onnx"), join(folder, "model.onnx"));
    const path = await initBundle(join(folder, "model.onnx"));
    const draft = JSON.parse(readFileSync(path, "utf8"));
    const fixture = new URL("fixtures/bundles/hippocampus-unet3d/bundle.json", repositoryRoot);
    const complete = JSON.parse(readFileSync(fixture, "utf8"));
    assert.deepEqual(draft.files, complete.files);
    assert.deepEqual(draft.networks[0].patch, complete.networks[0].patch);
    assert.equal(draft.networks[0].output.kind, complete.networks[0].output.kind);
    assert.equal(draft.networks[0].output.channels.length, 3);
    const { spacingMm, interpolation, normalise, output } = complete.networks[0];
    const networks = [{ ...draft.networks[0], spacingMm, interpolation, normalise, output }];
    const { name, license, citation, intendedUse, modalities, classes, input, orientation, training } = complete;
    const words = { name, license, citation, intendedUse, modalities, classes, input, orientation, training };
    writeFileSync(path, JSON.stringify({ ...draft, ...words, networks }));
    const bundle = await loadBundle(folder);
    assert.deepEqual(bundle.manifest.networks, complete.networks);
    assert.equal(bundle.files[1].sha256, complete.files[0].sha256);
  });
});
