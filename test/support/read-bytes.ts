import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FindOptions } from "../../pipeline/io/find-scans.ts";
import { readScan } from "../../pipeline/io/read-scan.ts";
import { isNamedError } from "../../pipeline/volume/errors.ts";
import type { Scan } from "../../pipeline/volume/scan.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Writes bytes to a file of that name in a folder of its own. */
export function fileOf(bytes: Uint8Array, name: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

/** Reads bytes as a user would: from a file of that name, in a child process. */
export function readBytes(bytes: Uint8Array, name: string, options: FindOptions = {}): Promise<Scan> {
  return readScan(fileOf(bytes, name), options);
}

/** The code under which reading refuses bytes; fails when it does not, or with an error that is none of ours. */
export function refusalCodeOf(bytes: Uint8Array, name: string, options: FindOptions = {}): Promise<string> {
  return codeOfFailure(readBytes(bytes, name, options));
}

/** The code of the named error that a promise rejects with. */
export async function codeOfFailure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail("expected a refusal"),
    (reason: unknown) => reason,
  );
  if (isNamedError(error)) return error.problem.code;
  throw error;
}

/** Codes of a scan's warnings, sorted. */
export function warningCodesOf({ warnings }: Pick<Scan, "warnings">): readonly string[] {
  return warnings.map(({ code }) => code).sort();
}
