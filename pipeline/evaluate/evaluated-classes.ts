import { Type } from "@sinclair/typebox";
import { parseJson } from "../bundle/json-schema.ts";
import { parseLabelClasses } from "../bundle/label-classes.ts";
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
  readonly ignoreLabel?: number;
}

const id = Type.Integer({ minimum: 0, maximum: 65535 });
const name = Type.String({ minLength: 1, maxLength: 64 });

/** `labels` as nnU-Net v2 writes it (name to id or ids), or as the Decathlon does (id to name). */
const datasetSchema = Type.Object({
  labels: Type.Union([
    Type.Record(name, Type.Union([id, Type.Array(id, { minItems: 1, maxItems: 256 })])),
    Type.Record(Type.String({ pattern: "^\\d{1,5}$" }), name),
  ]),
});

/** Ids of regions start above those of labels. */
const FIRST_REGION = 0x10000;

/**
 * The classes that a JSON file lists: a bundle's manifest, its `classes` alone, or the `dataset.json` of nnU-Net (regions
 * and the ignore label too) or of the Decathlon. Undefined where there is no such file.
 *
 * Errors: ConfigError M_LABELS or E_CLASSES that names the file and the JSON pointer
 */
export async function readEvaluatedClasses(path: string): Promise<EvaluatedClasses | undefined> {
  const source = await readList(path);
  if (source === undefined) return undefined;
  const text = Buffer.from(source).toString("utf8");
  if (!/"labels"\s*:/.test(text))
    return { classes: parseLabelClasses(text, path).map(({ id, name }) => ({ id, name })) };
  const { labels } = parseJson(source, datasetSchema, { where: path, code: "E_CLASSES" });
  const entries = Object.entries(labels).map(([key, value]) =>
    typeof value === "string" ? ([value, Number(key)] as const) : ([key, value] as const),
  );
  const ignored = entries.find(([name, value]) => name === "ignore" && typeof value === "number");
  const meant = entries.filter(([name, value]) => name !== "ignore" && value !== 0);
  const classes = meant.map(([name, value], n): EvaluatedClass => {
    if (typeof value === "number") return { id: value, name };
    return value.length === 1 ? { id: value[0], name } : { id: FIRST_REGION + n, name, labels: value };
  });
  if (classes.length === 0) throw noClassesError(path);
  return { classes, ...(ignored === undefined ? {} : { ignoreLabel: Number(ignored[1]) }) };
}

function noClassesError(where: string): ConfigError {
  return new ConfigError({
    code: "E_CLASSES",
    where,
    expected: "labels other than background and ignore",
    got: "none",
    next: "List the classes that are to be scored",
  });
}
