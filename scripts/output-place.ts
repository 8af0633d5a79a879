import { realpath } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { ConfigError } from "../pipeline/index.ts";

/**
 * Refuses to write results among the inputs, where the next run would take them for scans.
 *
 * Errors: ConfigError C_OUT when the output folder is an input folder or lies in one, links followed
 */
export async function assertOutsideInputs(out: string, inputs: readonly string[]): Promise<void> {
  const target = await realPathOf(out);
  for (const input of inputs) {
    const inside = relative(await realPathOf(input), target);
    if (inside === ".." || inside.startsWith(`..${sep}`)) continue;
    throw new ConfigError({
      code: "C_OUT",
      where: `--out ${out}`,
      expected: "a folder outside the inputs",
      got: `one in ${input}`,
      next: "Choose another folder: results among the inputs would be segmented the next time",
    });
  }
}

/** The real path of what exists of a path, with the rest behind it. */
async function realPathOf(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(await realPathOf(parent), relative(parent, absolute));
  }
}
