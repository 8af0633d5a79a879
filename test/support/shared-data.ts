import { existsSync } from "node:fs";
import type { Context } from "mocha";

/** The repository root: compiled tests live in `build/test/support/`. */
export const repositoryRoot = new URL("../../../", import.meta.url);

/** Skips the test, with the reason, where the real scans are not beside the checkout; else their path. */
export function sharedData(context: Context, relativePath: string): string {
  const path = new URL(`../shared/${relativePath}`, repositoryRoot).pathname;
  if (!existsSync(path)) skip(context, `real data ${relativePath} is not beside this checkout`);
  return path;
}

/** Skips the running test or suite and says why. */
export function skip(context: Context, reason: string): never {
  const title = context.test?.fullTitle() ?? "";
  console.log(`      skipped: ${title}: ${reason}`);
  return context.skip();
}
