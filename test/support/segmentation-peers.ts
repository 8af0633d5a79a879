import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { LabelClass } from "../../pipeline/volume/label-class.ts";
import type { LabelMap } from "../../pipeline/volume/volume.ts";
import { repositoryRoot } from "./shared-data.ts";
import { debianPython } from "./validators.ts";

/** Lines that dciodvfy prints as errors; the kind of object it recognised is checked too. */
export function dciodvfyErrors(path: string, kind: string): readonly string[] {
  const { stderr } = spawnSync("dciodvfy", [path], { encoding: "utf8" });
  const lines = stderr.split("\n");
  assert.ok(lines.includes(kind), `dciodvfy did not see a ${kind}: ${stderr}`);
  return lines.filter((line) => line.startsWith("Error"));
}

/** What pydicom makes of a segmentation, compared with labels voxel by voxel in patient space. */
export function comparedByPydicom(
  path: string,
  { data, shape, indexToLps }: LabelMap,
  classes: readonly LabelClass[],
): { readonly different: number; readonly distanceMm: number; readonly set: number } {
  const raw = `${path}.raw`;
  writeFileSync(raw, data);
  const expected = {
    labels: raw,
    type: data.BYTES_PER_ELEMENT === 1 ? "uint8" : "uint16",
    shape,
    rows: indexToLps.rows,
    ids: Object.fromEntries(classes.map(({ name, id }) => [name, id])),
  };
  writeFileSync(`${path}.json`, JSON.stringify(expected));
  const script = new URL("test/support/compare-segmentation.py", repositoryRoot).pathname;
  const { stdout, stderr, status } = spawnSync(debianPython, [script, path, `${path}.json`], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/** How pydicom writes a segmentation; see make-segmentation.py. */
export interface PydicomSegmentation {
  readonly kind: "BINARY" | "FRACTIONAL" | "LABELMAP";
  readonly syntax: "implicit" | "explicit" | "rle";
}

/** Labels as a segmentation that pydicom wrote. */
export function segmentationByPydicom(
  path: string,
  { data, shape, indexToLps }: LabelMap,
  { classes, kind, syntax }: PydicomSegmentation & { readonly classes: readonly LabelClass[] },
): void {
  writeFileSync(`${path}.raw`, data);
  const names = Object.fromEntries(classes.map(({ name, id }) => [id, name]));
  const type = data.BYTES_PER_ELEMENT === 1 ? "uint8" : "uint16";
  const request = { labels: `${path}.raw`, type, shape, rows: indexToLps.rows, names, kind, syntax };
  writeFileSync(`${path}.json`, JSON.stringify(request));
  const script = new URL("test/support/make-segmentation.py", repositoryRoot).pathname;
  const { stderr, status } = spawnSync(debianPython, [script, path, `${path}.json`], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
}
