import { headerError, quotedText } from "../text-header/text-header.ts";

/** The two kinds of lines in a NRRD header. */
export interface NrrdHeader {
  /** `name: value`; names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  /** `key:=value`, escapes undone. */
  readonly pairs: ReadonlyMap<string, string>;
}

/** Other spellings of a field's name. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["datafile", "data file"],
  ["byteskip", "byte skip"],
  ["lineskip", "line skip"],
  ["spaceorigin", "space origin"],
  ["spacedirections", "space directions"],
  ["spaceunits", "space units"],
]);

/**
 * Takes the lines of a header apart.
 *
 * Errors: FormatError NRRD_HEADER for a wrong first line, a line that is no field, a field said twice
 * Source: NRRD definition, teem.sourceforge.net/nrrd/format.html
 */
export function parseNrrdHeader([magic = "", ...lines]: readonly string[], where: string): NrrdHeader {
  const subject = { where, prefix: "NRRD" };
  if (!/^NRRD000[1-5]$/.test(magic.trim()))
    throw headerError(subject, "NRRD0001 to NRRD0005 in the first line", quotedText(magic));
  const fields = new Map<string, string>();
  const pairs = new Map<string, string>();
  for (const line of lines) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name, separator, value] = /^([^:]+)(:=|:)(.*)$/s.exec(line) ?? [];
    if (name === undefined) throw headerError(subject, "lines of the form field: value", quotedText(line));
    if (separator === ":=") pairs.set(name, unescaped(value));
    else {
      const lower = name.trim().toLowerCase();
      const field = aliases.get(lower) ?? lower;
      if (fields.has(field)) throw headerError(subject, `the field ${quotedText(field)} once`, "two of it");
      fields.set(field, value.trim());
    }
  }
  return { fields, pairs };
}

function unescaped(value: string): string {
  return value.replace(/\\(n|\\)/g, (_escape, character) => (character === "n" ? "\n" : "\\"));
}

/** The vectors of `space directions`, one word each. */
export function directionWords(text: string): readonly string[] {
  return text.match(/\([^)]*\)|[^\s()]+/g) ?? [];
}
