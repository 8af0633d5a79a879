import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, loadBundle } from "../../pipeline/bundle/load-bundle.ts";
import type { BundleManifest } from "../../pipeline/bundle/manifest-schema.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { tinyModel } from "./tiny-onnx.ts";

/** Classes of the level bundle, and the intensity that stands for each; background is 0. */
export const levels = { liver: 100, appendix: 200, spleen: 300 } as const;

const names = Object.keys(levels) as readonly (keyof typeof levels)[];

/** A network whose class at a voxel is the one with the nearest level: the greatest of 2 m x - m². */
function levelModel(): Uint8Array {
  const means = [0, ...Object.values(levels)];
  return tinyModel({
    inputs: [{ name: "image", shape: ["N", 1, "D", "H", "W"] }],
    outputs: [{ name: "logits", shape: ["N", means.length, "D", "H", "W"] }],
    nodes: [{ op: "Conv", inputs: ["image", "w", "b"], outputs: ["logits"], attributes: { kernel_shape: [1, 1, 1] } }],
    weights: [
      { name: "w", shape: [means.length, 1, 1, 1, 1], data: Float32Array.from(means, (mean) => 2 * mean) },
      { name: "b", shape: [means.length], data: Float32Array.from(means, (mean) => -mean * mean) },
    ],
  });
}

const network: BundleManifest["networks"][number] = {
  name: "fine",
  file: "levels.onnx",
  spacingMm: "as-stored",
  interpolation: "linear",
  normalise: "after-resampling",
  patch: { kind: "multiple-of", step: [1, 1, 1], largest: [16, 16, 16] },
  overlap: 0.5,
  mirrorAxes: [0, 1, 2],
  output: { kind: "logits", channels: ["background", ...names] },
};

const manifest: BundleManifest = {
  schema: "rarevox-bundle/1",
  name: "levels",
  version: "1.0.0",
  license: "Apache-2.0",
  intendedUse: "Tests.",
  modalities: ["MR"],
  classes: names.map((name, i) => ({ id: i + 1, name, colorRgb: [80 * i, 255 - 80 * i, 40] })),
  input: { channels: [{ name: "T2", normalisation: { kind: "none" } }] },
  orientation: "SPL",
  networks: [network, { ...network, name: "coarse", spacingMm: [4, 4, 4] }],
  stages: { segment: [{ network: "fine" }] },
};

/** A folder that holds the level bundle, its manifest changed at will. */
export function levelBundleFolder(changes: Partial<BundleManifest> = {}): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "levels.onnx"), levelModel());
  writeFileSync(join(folder, "bundle.json"), JSON.stringify({ ...manifest, ...changes }));
  return folder;
}

/** The level bundle, loaded. */
export function levelBundle(changes: Partial<BundleManifest> = {}): Promise<Bundle> {
  return loadBundle(levelBundleFolder(changes));
}

/** The level bundle's stages with a coarse network that looks for the appendix first. */
export function coarseToFine(marginMm: readonly [number, number, number]): Pick<BundleManifest, "stages"> {
  const region = { name: "appendix", classes: ["appendix"], marginMm, keep: "largest" as const };
  return {
    stages: {
      locate: { network: "coarse", regions: [region] },
      segment: [{ network: "fine", region: "appendix", classes: ["appendix"] }],
    },
  };
}
