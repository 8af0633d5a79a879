import { StringDecoder } from "node:string_decoder";

/** Why a JSON text was not accepted: what a good one holds, and what this one does. */
export interface JsonFault {
  readonly expected: string;
  readonly got: string;
}

const MAX_BYTES = 10 * 2 ** 20;
const MAX_DEPTH = 64;
const FORBIDDEN_KEYS: readonly string[] = ["__proto__", "constructor", "prototype"];

/**
 * The value of an untrusted JSON text, or why there is none.
 *
 * Refused besides broken syntax (NaN and comments among it): more than 10 MiB or 64 levels, bytes that are not UTF-8, a
 * byte order mark, a key that comes twice in one object, keys that reach for JavaScript's prototypes.
 */
export function readJsonText(source: string | Uint8Array): { readonly value: unknown } | JsonFault {
  const bytes = typeof source === "string" ? Buffer.byteLength(source) : source.length;
  if (bytes > MAX_BYTES) return { expected: `at most ${MAX_BYTES} bytes of JSON`, got: `${bytes}` };
  const text = typeof source === "string" ? source : decodeUtf8(source);
  if (text === undefined) return { expected: "UTF-8 text", got: "other bytes" };
  if (text.startsWith("\ufeff")) return { expected: "JSON without a byte order mark", got: "one at the start" };
  return structureFaultOf(text) ?? parsed(text);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  const text = new StringDecoder("utf8").end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return Buffer.byteLength(text) === bytes.length && !text.includes("\ufffd") ? text : undefined;
}

function parsed(text: string): { readonly value: unknown } | JsonFault {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // V8 quotes the text around the fault; only the place is kept.
    const place = /position \d+(?: \(line \d+ column \d+\))?/.exec(String(error))?.[0] ?? "its end";
    return { expected: "JSON", got: `a syntax error at ${place}` };
  }
}

/** Strings, brackets, and the colon that makes a string a key; everything else is left to the parser. */
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[[\]{}]/gsu;

/** Walks the text without recursion, so that neither depth nor keys can surprise the parser. */
function structureFaultOf(text: string): JsonFault | undefined {
  const open: Set<string>[] = [];
  for (const { 0: token, 1: colon, index } of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (colon !== undefined) {
      const fault = keyFaultOf(token.slice(0, -colon.length), open.at(-1), index);
      if (fault !== undefined) return fault;
    }
    if (open.length > MAX_DEPTH) return { expected: `at most ${MAX_DEPTH} levels`, got: `more at position ${index}` };
  }
  return undefined;
}

function keyFaultOf(token: string, seen: Set<string> | undefined, index: number): JsonFault | undefined {
  const key = unescaped(token);
  if (FORBIDDEN_KEYS.includes(key)) return { expected: "no reserved key", got: `"${key}" at position ${index}` };
  if (seen?.has(key)) return { expected: "each key once in an object", got: `one twice at position ${index}` };
  seen?.add(key);
  return undefined;
}

/** The key as the parser will read it; a broken one is the parser's to report. */
function unescaped(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return token;
  }
}
