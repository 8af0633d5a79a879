import { strict as assert } from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { float, nodeOf } from "../../models/graph/attributes.ts";
import { encodeModel } from "../../models/graph/encode.ts";
import type { Graph } from "../../models/graph/graph.ts";
import { floatTensor } from "../../models/graph/tensor.ts";
import { loadBundle } from "../../pipeline/bundle/load-bundle.ts";
import type { BundleManifest } from "../../pipeline/bundle/manifest-schema.ts";
import { isNamedError, type Problem } from "../../pipeline/volume/errors.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Scales the image and lets it through a leaky ReLU: one score per voxel. */
export const tinyGraph: Graph = {
  name: "tiny",
  opsets: new Map([["", 17]]),
  irVersion: 8,
  inputs: [{ name: "image", type: "float32", shape: ["N", 1, "D", "H", "W"] }],
  outputs: [{ name: "score", type: "float32", shape: ["N", 1, "D", "H", "W"] }],
  initializers: [floatTensor("scale", [2, 1, 1, 1, 1], [3, 5])],
  nodes: [
    nodeOf("ReduceSum", ["scale"], ["factor"]),
    nodeOf("Mul", ["image", "factor"], ["scaled"]),
    nodeOf("LeakyRelu", ["scaled"], ["score"], { alpha: float(0.1) }),
  ],
  metadata: new Map(),
};

/** Manifest of a bundle around {@link tinyGraph} in `tiny.onnx`. */
export const tinyManifest: BundleManifest = {
  schema: "rarevox-bundle/1",
  name: "tiny",
  version: "1.0.0",
  license: "Apache-2.0",
  intendedUse: "Tests.",
  modalities: ["CT"],
  classes: [{ id: 3, name: "appendix", colorRgb: [200, 30, 60] }],
  input: { channels: [{ name: "CT", normalisation: { kind: "none" } }] },
  orientation: "as-stored",
  networks: [
    {
      name: "whole",
      file: "tiny.onnx",
      spacingMm: "as-stored",
      interpolation: "linear",
      normalise: "after-resampling",
      patch: { kind: "multiple-of", step: [1, 1, 1], largest: [8, 8, 8] },
      overlap: 0,
      mirrorAxes: [],
      output: { kind: "sigmoid-logits", channels: ["appendix"] },
    },
  ],
  stages: { segment: [{ network: "whole" }] },
};

/** Content of files by path; text as UTF-8, other values as JSON. */
export type Files = Readonly<Record<string, unknown>>;

/** The two files of the tiny bundle. */
export const tinyFiles = { "bundle.json": tinyManifest, "tiny.onnx": encodeModel(tinyGraph) };

/** The tiny bundle's files around another graph. */
export function filesAround(graph: Partial<Graph> | Uint8Array): Files {
  return { ...tinyFiles, "tiny.onnx": graph instanceof Uint8Array ? graph : encodeModel({ ...tinyGraph, ...graph }) };
}

/** The tiny bundle's files with another manifest. */
export function filesUnder(manifest: Readonly<Record<string, unknown>> | string | Uint8Array): Files {
  const isText = typeof manifest === "string" || manifest instanceof Uint8Array;
  return { ...tinyFiles, "bundle.json": isText ? manifest : { ...tinyManifest, ...manifest } };
}

/** The bytes that a file's content stands for. */
export function bytesOf(content: unknown): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
}

/** A fresh folder with those files. */
export function folderOf(files: Files): string {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytesOf(content));
  }
  return folder;
}

/** Why a bundle is refused; fails when it is not, or with an error that is none of ours. */
export async function faultOf(bundle: Files | string): Promise<Problem> {
  const path = typeof bundle === "string" ? bundle : folderOf(bundle);
  try {
    const { close } = await loadBundle(path);
    await close();
  } catch (error) {
    assert.ok(isNamedError(error), String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error.problem;
  }
  return assert.fail("expected a refusal");
}

/** The code of that. */
export async function codeOf(bundle: Files | string): Promise<string> {
  return (await faultOf(bundle)).code;
}
