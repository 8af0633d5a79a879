import type { Static, TSchema } from "@sinclair/typebox";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { ConfigError } from "../volume/errors.ts";
import { readJsonText } from "./json-text.ts";
import { quoted } from "./quoted.ts";
import type { Frozen } from "./schema-parts.ts";

/** Where a JSON document came from and how its faults are coded. */
export interface JsonSource {
  /** File, for messages. */
  readonly where: string;
  /** Problem code; a function is given the JSON pointer of the fault, empty for the whole document. */
  readonly code: string | ((pointer: string) => string);
}

const ajv = new Ajv({ discriminator: true, verbose: true, strict: true, strictRequired: false });
const compiled = new WeakMap<TSchema, ValidateFunction>();

/**
 * The value of an untrusted JSON text that follows a schema.
 *
 * Errors: ConfigError that names the file, the JSON pointer, what was found and what is allowed
 */
export function parseJson<T extends TSchema>(
  source: string | Uint8Array,
  schema: T,
  { where, code }: JsonSource,
): Frozen<Static<T>> {
  const text = readJsonText(source);
  if ("value" in text) return checkJson(text.value, schema, { where, code });
  throw new ConfigError({
    ...text,
    code: typeof code === "string" ? code : code(""),
    where,
    next: "Save the file again as plain UTF-8 JSON",
  });
}

/**
 * The same value, known to follow a schema.
 *
 * Errors: as `parseJson`
 */
export function checkJson<T extends TSchema>(
  value: unknown,
  schema: T,
  { where, code }: JsonSource,
): Frozen<Static<T>> {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  if (validate(value)) return value as Frozen<Static<T>>;
  const fault = deepest(validate.errors ?? []);
  const pointer = fault.instancePath;
  throw new ConfigError({
    code: typeof code === "string" ? code : code(pointer),
    where: pointer === "" ? where : `${where}#${pointer}`,
    expected: allowedBy(fault),
    got: foundBy(fault),
    next: "Correct the file; its schema describes every field",
  });
}

/** Of an `anyOf`'s several complaints the one farthest inside: it comes from the branch that was meant. */
function deepest(errors: readonly ErrorObject[]): ErrorObject {
  const depth = ({ instancePath }: ErrorObject) => instancePath.split("/").length;
  return errors.reduce((kept, next) => (depth(next) > depth(kept) ? next : kept));
}

function allowedBy({ keyword, params, message = "", parentSchema }: ErrorObject): string {
  if (keyword === "enum")
    return `one of ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(", ")}`;
  if (keyword === "const") return JSON.stringify(params.allowedValue);
  if (keyword === "additionalProperties")
    return `only the keys ${Object.keys((parentSchema?.properties as object | undefined) ?? {}).join(", ")}`;
  if (keyword === "required") return `the key ${params.missingProperty}`;
  if (keyword === "discriminator") return `a known ${params.tag}: ${kindsOf(parentSchema).join(", ")}`;
  if (keyword === "pattern") return parentSchema?.title ?? `text that follows ${params.pattern}`;
  return `a value that ${message}`;
}

function kindsOf(schema: ErrorObject["parentSchema"]): readonly string[] {
  const branches = (schema?.oneOf ?? []) as readonly { properties: { kind: { const: string } } }[];
  return branches.map(({ properties }) => properties.kind.const);
}

function foundBy({ keyword, params, data }: ErrorObject): string {
  if (keyword === "additionalProperties") return quoted(params.additionalProperty);
  if (keyword === "required") return "none";
  if (keyword === "discriminator") return quoted(params.tagValue);
  return quoted(data);
}
