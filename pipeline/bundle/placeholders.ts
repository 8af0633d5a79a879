import { ConfigError } from "../volume/errors.ts";

/** How a text begins that a person is to replace. */
const MARK = "FILL IN";

/** A text that stands in a manifest until a person who knows the network replaces it. */
export function placeholder(what: string): string {
  return `${MARK}: ${what}`;
}

/** JSON pointers of the placeholders that are left, in the document's order. */
export function placeholdersIn(value: unknown, pointer = ""): readonly string[] {
  if (typeof value === "string") return value.startsWith(MARK) ? [pointer] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    placeholdersIn(member, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
}

/** More are counted, not listed. */
const MOST_SHOWN = 40;

/**
 * Refuses a manifest that `rarevox bundle init` began and nobody completed.
 *
 * Errors: ConfigError M_INCOMPLETE that names every placeholder left by its JSON pointer
 */
export function refusePlaceholders(value: unknown, where: string): void {
  const left = placeholdersIn(value);
  if (left.length === 0) return;
  const shown = left.slice(0, MOST_SHOWN).join(", ");
  throw new ConfigError({
    code: "M_INCOMPLETE",
    where,
    expected: `every "${MARK}" replaced`,
    got: `${left.length} left: ${shown}${left.length > MOST_SHOWN ? ", …" : ""}`,
    next: "Ask whoever trained the network; a guess would give wrong results without a word",
  });
}
