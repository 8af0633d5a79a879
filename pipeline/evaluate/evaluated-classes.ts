import { Type } from "@sinclair/typebox";
import { checkJson, parseJson } from "../bundle/json-schema.ts";
import { readList } from "../io/read-list.ts";
import { ConfigError } from "../volume/errors.ts";

/** What is scored under one name: a class, or a region of several. */
export interface EvaluatedClass {
  /** Of the class; of a region, one that no class has. */
  readonly id: number;
  readonly name: string;
  /** Labels that make up a region. */
  readonly labels?: readonly number[];
}

/** Classes, and the label that does not count. */
export interface EvaluatedClasses {
  readonly classes: readonly EvaluatedClass[];
  readonly ignoreLabel?: number | undefined;
}

const id = Type.Integer({ minimum: 0, maximum: 65535 });
const name = Type.String({ minLength: 1, maxLength: 64 });

/** Name to id or ids, as nnU-Net v2 writes it, or id to name, as the Decathlon does. */
const labelsSchema = Type.Union([
  Type.Record(name, Type.Union([id, Type.Array(id, { minItems: 1, maxItems: 256 })])),
  Type.Record(Type.String({ pattern: "^\\d{1,5}$" }), name, { additionalProperties: false }),
]);

/** The `classes` of a manifest, as far as scoring needs them. */
const listSchema = Type.Array(Type.Object({ id, name }), { minItems: 1, maxItems: 1024 });

/** The same as parts of larger documents. */
const withLabels = Type.Object({ labels: labelsSchema });
const withClasses = Type.Object({ classes: listSchema });

/** Ids of regions start above those of labels. */
const FIRST_REGION = 0x10000;

/** The label that nnU-Net does not score. */
const IGNORE = "ignore";

/**
 * The classes that a JSON file lists: a bundle's manifest, its `classes` alone, the `dataset.json` of nnU-Net (regions
 * and the ignore label too) or of the Decathlon, or the `labels` of either alone. Undefined where there is no such file.
 *
 * Errors: ConfigError E_CLASSES that names the file and the JSON pointer
 */
export async function readEvaluatedClasses(path: string): Promise<EvaluatedClasses | undefined> {
  const source = await readList(path);
  if (source === undefined) return undefined;
  const entries = entriesOf(parseJson(source, Type.Unknown(), { where: path, code: "E_CLASSES" }), path);
  const ignored = entries.find(([name, labels]) => name === IGNORE && labels.length === 1);
  const classes = entries
    .filter(([name, labels]) => name !== IGNORE && String(labels) !== "0")
    .map(([name, labels], n): EvaluatedClass => {
      return labels.length === 1 ? { id: labels[0], name } : { id: FIRST_REGION + n, name, labels };
    });
  if (classes.length === 0) throw classesError(path, "labels other than background and ignore", "none");
  assertDistinct(classes, path);
  return { classes, ...(ignored === undefined ? {} : { ignoreLabel: ignored[1][0] }) };
}

/** Names and their labels, whichever way a file writes them. */
function entriesOf(value: unknown, where: string): readonly (readonly [string, readonly number[]])[] {
  const found = { where, code: "E_CLASSES" };
  const isIn = (key: string) => typeof value === "object" && value !== null && key in value;
  const isList = Array.isArray(value);
  if (isList || isIn("classes")) {
    const list = isList ? checkJson(value, listSchema, found) : checkJson(value, withClasses, found).classes;
    return list.map(({ id, name }) => [name, [id]]);
  }
  const labels = isIn("labels") ? checkJson(value, withLabels, found).labels : checkJson(value, labelsSchema, found);
  return Object.entries(labels).map(([key, value]) => {
    if (typeof value === "string") return [value, [Number(key)]];
    return [key, typeof value === "number" ? [value] : value];
  });
}

function assertDistinct(classes: readonly EvaluatedClass[], where: string): void {
  for (const values of [classes.map(({ name }) => name), classes.map(({ id }) => id)]) {
    const twice = (values as readonly unknown[]).find((value, n) => (values as readonly unknown[]).indexOf(value) < n);
    if (twice !== undefined)
      throw classesError(where, "a name and a number of its own for each class", `${twice} twice`);
  }
}

function classesError(where: string, expected: string, got: string): ConfigError {
  return new ConfigError({ code: "E_CLASSES", where, expected, got, next: "List the classes that are to be scored" });
}
