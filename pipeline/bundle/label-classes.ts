import { Type } from "@sinclair/typebox";
import type { LabelClass } from "../volume/label-class.ts";
import { parseJson } from "./json-schema.ts";
import { labelClassesSchema } from "./manifest-schema.ts";

/** Enough of a manifest to find the classes in it; `readManifest` judges the rest. */
const holder = Type.Object({ classes: labelClassesSchema });

/**
 * What label ids stand for, from the JSON text of a manifest's `classes` array or of a whole manifest.
 *
 * Errors: ConfigError M_LABELS that names the file and the JSON pointer
 */
export function parseLabelClasses(source: string | Uint8Array, where: string): readonly LabelClass[] {
  const text = typeof source === "string" ? source : Buffer.from(source).toString("utf8");
  const found = { where, code: "M_LABELS" };
  return text.trimStart().startsWith("[")
    ? parseJson(source, labelClassesSchema, found)
    : parseJson(source, holder, found).classes;
}
