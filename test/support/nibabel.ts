import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { repositoryRoot } from "./shared-data.ts";
import { debianPython } from "./validators.ts";

/** What nibabel says of a file; matrices are 4 x 4, row-major, columns [i, j, k], RAS in the file's units. */
export interface NibabelFacts {
  readonly affine: readonly number[];
  readonly qform: readonly number[] | null;
  readonly sform: readonly number[] | null;
  /** [qform_code, sform_code] */
  readonly codes: readonly number[];
  /** [i, j, k] */
  readonly shape: readonly number[];
  readonly type: string;
  readonly intent: number;
  readonly intentName: string;
  readonly zooms: readonly number[];
  readonly units: number;
  /** [cal_min, cal_max] */
  readonly calibration: readonly number[];
  /** i fastest. */
  readonly voxels: readonly number[];
}

/** Reads files with nibabel. */
export function nibabelFactsOf(paths: readonly string[]): readonly NibabelFacts[] {
  const script = new URL("test/support/nifti-facts.py", repositoryRoot).pathname;
  const options = { encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const { stdout, stderr, status } = spawnSync(debianPython, [script, ...paths], options);
  assert.equal(status, 0, stderr);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** A matrix from [D, H, W] to LPS as nibabel would state it: from [i, j, k] to RAS. */
export function asNibabelAffine(rows: readonly number[]): readonly number[] {
  return [0, 1, 2, 3].flatMap((world) => [2, 1, 0, 3].map((column) => (world < 2 ? -1 : 1) * rows[4 * world + column]));
}
