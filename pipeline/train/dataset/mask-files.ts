import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { caseIdOf, isVolumeFile } from "../../io/volume-names.ts";
import { FormatError } from "../../volume/errors.ts";
import type { LabelClass } from "../../volume/label-class.ts";
import { listedClasses } from "./classes-of-labels.ts";
import { classesFrom } from "./dataset-format.ts";
import type { LabelSource } from "./training-dataset.ts";

/** A case's masks, each named after a class. */
export interface MaskFiles {
  readonly kind: "mask-files";
  readonly pathOf: ReadonlyMap<string, string>;
}

/** Masks in a folder per class: `<class>/<case>.png`. */
export async function masksPerFolder(
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, MaskFiles>> {
  const found = new Map<string, Map<string, string>>();
  for (const className of names) {
    const files = await readdir(join(folder, className)).catch(() => []);
    for (const file of files.filter(isVolumeFile).sort())
      add(found, { id: caseIdOf(file), className, path: join(folder, className, file) });
  }
  return asMasks(found);
}

/** Masks side by side: `<case>_<class>.png`; of several cases that fit, the one with the longest name. */
export function masksPerCase(
  folder: string,
  { names, ids }: { readonly names: readonly string[]; readonly ids: readonly string[] },
): ReadonlyMap<string, MaskFiles> {
  const found = new Map<string, Map<string, string>>();
  const longestFirst = [...ids].sort((first, second) => second.length - first.length);
  for (const name of names) {
    const stem = caseIdOf(name);
    const id = longestFirst.find((each) => stem.startsWith(`${each}_`) && stem.length > each.length + 1);
    if (id !== undefined) add(found, { id, className: stem.slice(id.length + 1), path: join(folder, name) });
  }
  return asMasks(found);
}

function add(
  found: Map<string, Map<string, string>>,
  { id, className, path }: { readonly id: string; readonly className: string; readonly path: string },
): void {
  found.set(id, (found.get(id) ?? new Map<string, string>()).set(className, path));
}

function asMasks(found: ReadonlyMap<string, ReadonlyMap<string, string>>): ReadonlyMap<string, MaskFiles> {
  return new Map([...found].map(([id, pathOf]) => [id, { kind: "mask-files", pathOf }]));
}

/**
 * The classes of masks, by `classes.json` or in the order of their names, and the labels of each case in that order.
 *
 * Errors: FormatError T_CLASSES for a mask of a class that `classes.json` does not list
 */
export async function withClasses(
  masks: readonly MaskFiles[],
  folder: string,
): Promise<{ readonly classes: readonly LabelClass[]; readonly sourceOf: (each: MaskFiles) => LabelSource }> {
  const names = [...new Set(masks.flatMap(({ pathOf }) => [...pathOf.keys()]))].sort();
  const classes = (await listedClasses(folder)) ?? classesFrom(names.map((name, n) => ({ id: n + 1, name })));
  const unknown = names.filter((name) => !classes.some((each) => each.name === name));
  if (unknown.length > 0)
    throw new FormatError({
      code: "T_CLASSES",
      where: folder,
      expected: `masks of ${classes.map(({ name }) => name).join(", ")}`,
      got: unknown.join(", "),
      next: "Add them to classes.json, or move them away",
    });
  const sourceOf = ({ pathOf }: MaskFiles): LabelSource => ({
    kind: "masks",
    paths: classes.flatMap(({ id, name }) => {
      const path = pathOf.get(name);
      return path === undefined ? [] : [{ classId: id, path }];
    }),
  });
  return { classes, sourceOf };
}
