/** A short one-line form of any untrusted value: what is not printable is replaced, what is long is cut. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return `an object of ${Object.keys(value).length} keys`;
  if (typeof value !== "string") return String(value);
  const short = value.length > 64 ? `${value.slice(0, 60)}…` : value;
  return JSON.stringify(short.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\ufffd"));
}
