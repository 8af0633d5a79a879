import { type Static, type TObject, type TSchema, Type } from "@sinclair/typebox";

/** A JSON object in which every key is known. */
export function record<T extends Record<string, TSchema>>(properties: T, description: string): TObject<T> {
  return Type.Object(properties, { additionalProperties: false, description });
}

/** One of several words; an error lists them all. */
export function oneWord<const T extends readonly string[]>(words: T, description: string) {
  return Type.Unsafe<T[number]>({ type: "string", enum: words, description });
}

/** One of several objects, told apart by the word under `kind`; an error speaks of the one that was meant. */
export function oneKind<const T extends readonly TObject[]>(kinds: T, description: string) {
  return Type.Unsafe<Static<T[number]>>({
    type: "object",
    discriminator: { propertyName: "kind" },
    required: ["kind"],
    oneOf: kinds,
    description,
  });
}

/** Three values in array order. */
export function triple<T extends TSchema>(item: T, description: string) {
  return Type.Tuple([item, item, item], { description });
}

/** Printable text in any language on one line: no control, formatting or line-breaking characters, not only spaces. */
export function textUpTo(maxLength: number, description: string) {
  const title = "printable text on one line";
  return Type.String({ maxLength, pattern: "^(?=.*\\S)[^\\p{C}\\p{Zl}\\p{Zp}]+$", title, description });
}

/** A name that files and folders may have too. */
export function slug(description: string) {
  return Type.String({ pattern: "^[a-z0-9][a-z0-9._-]{0,63}$", description });
}

/** A class of a manifest by its name. */
export const className = textUpTo(64, "Name of a class in `classes`.");

/** Smallest connected component that counts. */
export const minimumMl = Type.Number({
  minimum: 0,
  description: "Smaller connected components are dropped. Millilitres.",
});

const PATH_SEGMENT = "[A-Za-z0-9_](?:[A-Za-z0-9._ -]*[A-Za-z0-9_-])?";

/** A file below the bundle's folder: no `..`, no absolute path, no hidden file, nothing that Windows reads differently. */
export const RELATIVE_PATH = new RegExp(`^(?:${PATH_SEGMENT}/){0,8}${PATH_SEGMENT}$`, "u");

/** The schema of such a path. */
export function relativePath(description: string) {
  const title = "a path below the bundle's folder, of plain ASCII names";
  return Type.String({ maxLength: 200, pattern: RELATIVE_PATH.source, title, description });
}

export type { Frozen } from "../../models/frozen.ts";
