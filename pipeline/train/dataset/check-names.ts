import { Type } from "@sinclair/typebox";
import { checkJson } from "../../bundle/json-schema.ts";
import { labelClassesSchema } from "../../bundle/manifest-schema.ts";
import { textUpTo } from "../../bundle/schema-parts.ts";
import { FormatError } from "../../volume/errors.ts";
import type { TrainingDataset } from "./training-dataset.ts";

/** Results are filed under a case's name, so that it must be no path. */
const caseName = Type.String({
  pattern: "^(?!\\.{1,2}$)[^\\p{C}\\p{Zl}\\p{Zp}/\\\\]{1,200}$",
  title: "a name of at most 200 printable characters without slashes",
});
const cases = Type.Array(Type.Object({ id: caseName }));
const named = Type.Array(Type.Object({ name: textUpTo(64, "Name.") }));

/** What plans and bundles need of the names in a data set. */
const namesSchema = Type.Object({
  name: textUpTo(200, "Of the data set."),
  channels: named,
  classes: labelClassesSchema,
  regions: Type.Optional(named),
  training: cases,
  testing: cases,
});

/**
 * Refuses names that would fail later, in a plan, a bundle or a file's name.
 *
 * Errors: ConfigError T_NAME that points into the data set; FormatError T_NAME for a name or number that two classes have
 */
export function checkNames(dataset: TrainingDataset): void {
  const { path: where, classes, regions = [] } = dataset;
  checkJson(dataset, namesSchema, { where, code: "T_NAME" });
  const numbers = classes.map(({ id }) => id);
  for (const names of [classes.map(({ name }) => name), regions.map(({ name }) => name), numbers])
    assertUnique(names, where);
}

function assertUnique(names: readonly (string | number)[], where: string): void {
  const repeated = names.find((name, n) => names.indexOf(name) < n);
  if (repeated === undefined) return;
  throw new FormatError({
    code: "T_NAME",
    where,
    expected: "a name and a number of its own for each class",
    got: `${repeated} twice`,
    next: "Change one of the two",
  });
}
