import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "mocha";
import { repositoryRoot, sharedData } from "./shared-data.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A bundle folder around the shared hippocampus network and the manifest in fixtures/; skips where that is missing. */
export function hippocampusBundle(context: Context): string {
  const model = sharedData(context, "models/hippocampus-unet3d/model.onnx");
  const folder = temporaryFolder();
  const manifest = new URL("fixtures/bundles/hippocampus-unet3d/bundle.json", repositoryRoot);
  copyFileSync(manifest, join(folder, "bundle.json"));
  copyFileSync(model, join(folder, "model.onnx"));
  return folder;
}
