import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { repositoryRoot } from "./shared-data.ts";

/** One import, re-export or import of a type: each is an arrow between files. */
export interface Import {
  /** Path below the repository root. */
  readonly from: string;
  /** Path below the repository root, or what a package is imported as. */
  readonly to: string;
}

const root = fileURLToPath(repositoryRoot);

/** The TypeScript files of some folders of the repository. */
export function sourceFiles(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
}

/** What a file of the repository imports. */
export function importsOf(file: string): readonly Import[] {
  return importsIn(readFileSync(join(root, file), "utf8"), file);
}

/** What the text of a file imports, statically, dynamically or through `require.resolve`. */
export function importsIn(text: string, file: string): readonly Import[] {
  const patterns = [
    /^\s*(?:import|export)\s[^;"]*?from\s*"([^"]+)"/gm,
    /^\s*import\s+"([^"]+)"/gm,
    /\b(?:import|require|createRequire\([^)]*\)\.resolve)\(\s*"([^"]+)"/g,
  ];
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, target]) => ({
      from: file,
      to: target.startsWith(".") ? relative(root, join(root, dirname(file), target)) : target,
    })),
  );
}

/** The package of an import that is neither a file of ours nor Node's: `@scope/name` or `name`, whatever lies below. */
export function packageOf({ to }: Import): string | undefined {
  if (to.endsWith(".ts") || to.startsWith("node:")) return undefined;
  return /^(@[^/]+\/)?[^/]+/.exec(to)?.[0];
}

/** The files of one import cycle, the first again at the end. */
export function firstCycle(edges: readonly Import[]): readonly string[] | undefined {
  const next = groupByFrom(edges);
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of next.get(file) ?? []) {
      const cycle = walk(target, [...trail, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = walk(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function groupByFrom(edges: readonly Import[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { from, to } of edges) groups.set(from, [...(groups.get(from) ?? []), to]);
  return groups;
}
