import { createHash } from "node:crypto";
import { access } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { writeFileWhole } from "../io/atomic-write.ts";
import { ConfigError } from "../volume/errors.ts";
import { defaultLimits, type Limits } from "../volume/limits.ts";
import { folderFiles } from "./bundle-files.ts";
import { checkGraph } from "./check-graph.ts";
import { colorOf } from "./class-colors.ts";
import { BACKGROUND, MANIFEST_FILE, MANIFEST_VERSION, manifestText } from "./manifest-schema.ts";
import { type NetworkFacts, networkFactsOf } from "./network-facts.ts";
import { externalFilesOf, readGraph } from "./network-files.ts";
import { placeholder } from "./placeholders.ts";

/** A manifest that has still to be completed: a JSON object, keys in the schema's order. */
export type ManifestDraft = Readonly<Record<string, unknown>>;

/**
 * A first manifest for an ONNX network: what its graph says, and placeholders for what only its maker knows.
 *
 * No intensity, spacing or orientation is guessed: a wrong one runs well and gives wrong results.
 *
 * Errors: ModelError as `loadBundle`, when the network could not be part of a bundle
 */
export async function initManifest(
  modelPath: string,
  { limits: { modelBytes } = defaultLimits }: { readonly limits?: Limits } = {},
): Promise<ManifestDraft> {
  const files = await folderFiles(dirname(modelPath));
  const file = basename(modelPath);
  const model = await files.read(file, modelBytes);
  const graph = readGraph(model, modelPath);
  checkGraph(graph, modelPath);
  const facts = networkFactsOf(graph, modelPath);
  const listed = [hashed(file, model)];
  for (const { path } of await externalFilesOf(graph, { files, graphPath: file }))
    listed.push(hashed(path, await files.read(path, modelBytes)));
  return draftOf(facts, { file, listed });
}

/**
 * Writes a first manifest beside a network, which makes its folder a bundle to be completed, and gives its path.
 *
 * Errors: ConfigError M_EXISTS when there is a manifest and `overwrite` is not set; EnvironmentError; as `initManifest`
 */
export async function initBundle(
  modelPath: string,
  { overwrite = false, ...options }: { readonly overwrite?: boolean; readonly limits?: Limits } = {},
): Promise<string> {
  const path = join(dirname(modelPath), MANIFEST_FILE);
  const manifest = await initManifest(modelPath, options);
  if (!overwrite && (await exists(path)))
    throw new ConfigError({
      code: "M_EXISTS",
      where: path,
      expected: "no manifest beside the network yet",
      got: "one",
      next: "Remove it, or ask for it to be overwritten",
    });
  await writeFileWhole(path, (append) => append(Buffer.from(manifestText(manifest))));
  return path;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function hashed(path: string, bytes: Uint8Array) {
  return { path, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function draftOf(
  facts: NetworkFacts,
  { file, listed }: { readonly file: string; readonly listed: readonly object[] },
): ManifestDraft {
  const classes = classNamesOf(facts);
  return {
    schema: `rarevox-bundle/${MANIFEST_VERSION}`,
    name: slugOf(file),
    version: "0.1.0",
    license: placeholder("SPDX expression of the weights' licence, such as Apache-2.0 or CC-BY-SA-4.0"),
    citation: placeholder("what to cite, such as a DOI; or remove this line"),
    intendedUse: placeholder("what the network is for, and what it is not for"),
    modalities: [placeholder("DICOM modality code, such as CT or MR")],
    classes: classes.map((name, n) => ({ id: n + 1, name, colorRgb: colorOf(n) })),
    input: { channels: channelsOf(facts) },
    orientation: placeholder("where D, H, W pointed in training, such as SPL or RAS, or as-stored"),
    networks: [networkOf(facts, { file, classes })],
    stages: { segment: [{ network: "whole" }] },
    refine: [],
    training: {
      method: placeholder("how the weights came about: trained, fine-tuned, built by hand"),
      data: placeholder("data set and its licence; or remove this line"),
      settings: { onnxOpset: facts.opset },
    },
    files: listed,
  };
}

/** One name to fill in per channel that is a class; a score per voxel without a rival has no background channel. */
function classNamesOf({ outputChannels, outputKind }: NetworkFacts): readonly string[] {
  if (outputChannels === undefined) return [placeholder("name of class 1; one entry per class")];
  const count = outputKind.startsWith("sigmoid") ? outputChannels : Math.max(1, outputChannels - 1);
  return Array.from({ length: count }, (_, n) => placeholder(`name of class ${n + 1}`));
}

function channelsOf({ inputChannels = 1 }: NetworkFacts): readonly object[] {
  return Array.from({ length: inputChannels }, (_, n) => ({
    name: placeholder(`what image channel ${n + 1} shows, such as CT, T1 or T2`),
    normalisation: placeholder("one of the objects that `rarevox bundle schema` lists under normalisation"),
  }));
}

function networkOf(
  facts: NetworkFacts,
  { file, classes }: { readonly file: string; readonly classes: readonly string[] },
): object {
  const background = facts.outputKind.startsWith("sigmoid") ? [] : [BACKGROUND];
  return {
    name: "whole",
    file,
    spacingMm: placeholder("voxel spacing in training in mm, [D, H, W], or as-stored"),
    interpolation: "linear",
    normalise: placeholder("before-resampling, as in nnU-Net, or after-resampling"),
    patch: patchOf(facts),
    overlap: 0.5,
    mirrorAxes: [],
    output: { kind: facts.outputKind, channels: [...background, ...classes] },
  };
}

function patchOf({ sides, step }: NetworkFacts): object {
  if (sides.every((side) => typeof side === "number")) return { kind: "fixed", size: sides };
  const largest = placeholder(`patch size in training, [D, H, W], multiples of [${step.join(", ")}]`);
  return { kind: "multiple-of", step, largest };
}

function slugOf(file: string): string {
  const slug = file
    .replace(/\.onnx$/i, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 64);
  return slug === "" ? "network" : slug;
}
