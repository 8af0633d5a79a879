import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";

/** New values by tag, such as `0020,0032`; text, or bytes with their value representation; undefined removes. */
export type DicomEdits = Readonly<Record<string, string | { readonly vr: string; readonly bytes: Buffer } | undefined>>;

interface Element {
  readonly vr: string;
  readonly value: Buffer;
}

const PREAMBLE_BYTES = 132;
/** Representations whose length has 32 bits, behind two reserved bytes. Source: DICOM PS3.5 section 7.1.2 */
const LONG = new Set(["OB", "OW", "OF", "OD", "SQ", "UN", "UT"]);
/** Of attributes that the edited files do not hold yet. */
const ADDED = new Map([
  ["0008,0008", "CS"],
  ["0008,0032", "TM"],
  ["0018,0081", "DS"],
  ["0018,0088", "DS"],
  ["0018,5100", "CS"],
  ["0020,0012", "IS"],
  ["0020,0100", "IS"],
  ["0028,1052", "DS"],
  ["0028,1053", "DS"],
  ["0028,1054", "LO"],
]);

/** Changes a file in explicit little endian whose elements all have defined lengths. */
export function editDicom(path: string, edits: DicomEdits): void {
  writeFileSync(path, editedDicom(readFileSync(path), edits));
}

/** The bytes of a file, some of its elements replaced, added or removed. */
export function editedDicom(file: Buffer, edits: DicomEdits): Buffer {
  const elements = elementsOf(file);
  for (const [tag, value] of Object.entries(edits)) {
    const vr = elements.get(tag)?.vr ?? ADDED.get(tag);
    if (value === undefined) elements.delete(tag);
    else if (typeof value === "object") elements.set(tag, { vr: value.vr, value: value.bytes });
    else elements.set(tag, { vr: vr ?? assert.fail(`no representation for ${tag}`), value: paddedText(value, vr) });
  }
  const sorted = [...elements].sort(([one], [other]) => (one < other ? -1 : 1));
  const encode = (isMeta: boolean) =>
    Buffer.concat(
      sorted
        .filter(([tag]) => tag !== "0002,0000" && tag.startsWith("0002") === isMeta)
        .map(([tag, element]) => encoded(tag, element)),
    );
  const meta = encode(true);
  const metaLength = Buffer.alloc(4);
  metaLength.writeUInt32LE(meta.length);
  const first = encoded("0002,0000", { vr: "UL", value: metaLength });
  return Buffer.concat([file.subarray(0, PREAMBLE_BYTES), first, meta, encode(false)]);
}

/** The text of an element, without its padding. */
export function textInDicom(path: string, tag: string): string {
  const element = elementsOf(readFileSync(path)).get(tag) ?? assert.fail(`no ${tag}`);
  return element.value.toString("latin1").replace(/[ \0]+$/, "");
}

function elementsOf(file: Buffer): Map<string, Element> {
  const elements = new Map<string, Element>();
  for (let at = PREAMBLE_BYTES; at < file.length; ) {
    const hex = (offset: number) => file.readUInt16LE(offset).toString(16).padStart(4, "0");
    const tag = `${hex(at)},${hex(at + 2)}`;
    const vr = file.toString("latin1", at + 4, at + 6);
    const start = at + (LONG.has(vr) ? 12 : 8);
    const length = LONG.has(vr) ? file.readUInt32LE(at + 8) : file.readUInt16LE(at + 6);
    assert.ok(start + length <= file.length, `${tag} ends behind the file`);
    elements.set(tag, { vr, value: file.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

function encoded(tag: string, { vr, value }: Element): Buffer {
  const head = Buffer.alloc(LONG.has(vr) ? 12 : 8);
  head.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  head.writeUInt16LE(Number.parseInt(tag.slice(5), 16), 2);
  head.write(vr, 4, "latin1");
  if (LONG.has(vr)) head.writeUInt32LE(value.length, 8);
  else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}

function paddedText(text: string, vr: string | undefined): Buffer {
  return Buffer.from(text.length % 2 === 0 ? text : text + (vr === "UI" ? "\0" : " "), "latin1");
}
