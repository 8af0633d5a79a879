/**
 * Decoders of DICOM's character sets by defined term. Terms with and without code extensions share one: escape sequences
 * that a decoder does not know itself are removed first.
 *
 * Source: DICOM PS3.3 C.12.1.1.2; labels of the WHATWG Encoding standard
 */
const encodingOfTerm: ReadonlyMap<string, string> = new Map([
  ["", "ascii"],
  ["ISO_IR 6", "ascii"],
  ["ISO_IR 100", "iso-8859-1"],
  ["ISO_IR 101", "iso-8859-2"],
  ["ISO_IR 109", "iso-8859-3"],
  ["ISO_IR 110", "iso-8859-4"],
  ["ISO_IR 144", "iso-8859-5"],
  ["ISO_IR 127", "iso-8859-6"],
  ["ISO_IR 126", "iso-8859-7"],
  ["ISO_IR 138", "iso-8859-8"],
  ["ISO_IR 148", "iso-8859-9"],
  ["ISO_IR 203", "iso-8859-15"],
  ["ISO_IR 13", "shift_jis"],
  ["ISO_IR 166", "tis-620"],
  ["ISO_IR 192", "utf-8"],
  ["ISO_IR 87", "iso-2022-jp"],
  ["ISO_IR 149", "euc-kr"],
  ["ISO_IR 58", "gb18030"],
  ["GB18030", "gb18030"],
  ["GBK", "gbk"],
]);

const decoders = new Map<string, Decoder>();

type Decoder = InstanceType<typeof TextDecoder>;

/** Escape sequences of ISO 2022, as code extensions write them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is what they begin with
const escapes = /\x1b[ -/]+[0-~]/g;

/** Control characters: they have no place in a value, and could rewrite a log or a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const controls = /[\0-\x08\x0b\x0e-\x1f\x7f-\x9f]/g;

/** Whether these character sets are ones that `decodeText` can read. */
export function areKnownCharacterSets(terms: readonly string[]): boolean {
  return terms.every((term) => encodingOfTerm.has(normalised(term)));
}

/** Whether every byte is ASCII, in which all character sets agree. */
export function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] >= 0x80 || bytes[i] === 0x1b) return false;
  return true;
}

/** A value's text; U+FFFD for what cannot be decoded, control characters other than tab and line ends removed. */
export function decodeText(bytes: Uint8Array, characterSets: readonly string[]): string {
  const text = isAscii(bytes) ? asciiOf(bytes) : decodedBy(encodingOf(characterSets), bytes);
  return text.replace(controls, "");
}

function asciiOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function decodedBy(encoding: string, bytes: Uint8Array): string {
  if (encoding === "ascii")
    return asciiOf(bytes)
      .replace(escapes, "")
      .replace(/[\x80-\xff]/g, "\ufffd");
  if (encoding === "iso-2022-jp") return decoderOf(encoding).decode(bytes);
  return decoderOf(encoding).decode(withoutEscapes(bytes));
}

function decoderOf(encoding: string): Decoder {
  const known = decoders.get(encoding);
  if (known !== undefined) return known;
  const decoder = new TextDecoder(encoding);
  decoders.set(encoding, decoder);
  return decoder;
}

/** The most telling of several: code extensions are listed after the default. Unknown ones are read as ASCII. */
function encodingOf(characterSets: readonly string[]): string {
  const encodings = characterSets.map((term) => encodingOfTerm.get(normalised(term)));
  return encodings.findLast((encoding) => encoding !== undefined && encoding !== "ascii") ?? "ascii";
}

/** `ISO 2022 IR 100` names the set that `ISO_IR 100` does. */
function normalised(term: string): string {
  return term.replace(/^ISO 2022 IR /, "ISO_IR ");
}

function withoutEscapes(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(0x1b)) return bytes;
  return Buffer.from(asciiOf(bytes).replace(escapes, ""), "latin1");
}
