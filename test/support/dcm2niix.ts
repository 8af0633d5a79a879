import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { niftiFormat } from "../../pipeline/io/nifti/nifti-format.ts";
import type { ReadOptions } from "../../pipeline/io/scan-format.ts";
import { defaultLimits } from "../../pipeline/volume/limits.ts";
import type { Volume } from "../../pipeline/volume/volume.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The volumes that dcm2niix makes of a folder or file, now, with more of its options. */
export async function convertedByDcm2niix(source: string, options: readonly string[] = []): Promise<readonly Volume[]> {
  const target = temporaryFolder();
  execFileSync("dcm2niix", ["-b", "n", "-z", "n", ...options, "-f", "%s_%e_%t", "-o", target, source], {
    stdio: "pipe",
  });
  const files = readdirSync(target)
    .filter((name) => name.endsWith(".nii"))
    .sort()
    .map((name) => join(target, name));
  return Promise.all(files.map((file) => niftiVolumeOf(file)));
}

/** The volume of a NIfTI file, or one of several. */
export async function niftiVolumeOf(path: string, choices: Pick<ReadOptions, "volumeIndex"> = {}): Promise<Volume> {
  const options = { limits: defaultLimits, ...choices };
  const { scans } = await niftiFormat.list([path], options);
  const { channels } = await niftiFormat.read(scans[0], options);
  return channels[0];
}
