/** Value representation and decimal texts. */
export type CsaEntry = readonly [vr: string, ...values: string[]];

/** Scanners leave room for as many values, whether an entry has them or not. */
const ROOM = 6;

/** A Siemens CSA header of version 2. Source: the layout in the documentation of nibabel.nicom */
export function csaHeader(entries: Readonly<Record<string, CsaEntry>>): Buffer {
  const head = Buffer.alloc(16);
  head.write("SV10\x04\x03\x02\x01", "latin1");
  head.writeUInt32LE(Object.keys(entries).length, 8);
  head.writeUInt32LE(77, 12);
  return Buffer.concat([head, ...Object.entries(entries).flatMap(([name, entry]) => encoded(name, entry))]);
}

function encoded(name: string, [vr, ...values]: CsaEntry): readonly Buffer[] {
  const tag = Buffer.alloc(84);
  tag.write(name, "latin1");
  tag.writeInt32LE(values.length, 64);
  tag.write(vr, 68, "latin1");
  tag.writeInt32LE(ROOM, 76);
  tag.writeInt32LE(77, 80);
  return [tag, ...Array.from({ length: ROOM }, (_, i) => item(values[i]))];
}

function item(value: string | undefined): Buffer {
  const length = value === undefined ? 0 : value.length + 1;
  const bytes = Buffer.alloc(16 + 4 * Math.ceil(length / 4));
  for (const at of [0, 4, 12]) bytes.writeInt32LE(length, at);
  bytes.writeInt32LE(77, 8);
  bytes.write(value ?? "", 16, "latin1");
  return bytes;
}
