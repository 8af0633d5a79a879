import { createHash } from "node:crypto";

/** Hexadecimal SHA-256 of a value's JSON, whatever the order in which its objects were given their keys. */
export function canonicalHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value, inOrder)).digest("hex");
}

function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([first], [second]) => (first < second ? -1 : 1)));
}
