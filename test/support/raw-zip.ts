import { crc32 } from "node:zlib";

/** One entry of an archive, wrong in any way a test wants. */
export interface RawEntry {
  readonly name: string;
  /** As they lie in the archive. */
  readonly bytes?: Uint8Array;
  /** 0 stored, 8 deflated. */
  readonly method?: number;
  /** Declared size when unpacked; that of `bytes` when left out. */
  readonly size?: number;
  readonly checksum?: number;
  /** 1 encrypted. */
  readonly flags?: number;
  /** Unix mode. */
  readonly mode?: number;
}

const MADE_ON_UNIX = 3 << 8;

/** A .zip archive whose headers say whatever they are told, written by APPNOTE.TXT 6.3.10, section 4.3. */
export function rawZip(entries: readonly RawEntry[], { disk = 0 }: { readonly disk?: number } = {}): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { name, bytes = new Uint8Array(), mode = 0o100644 } = entry;
    const fields = commonFields(entry, bytes);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, u16(0), Buffer.from(name, "latin1"), bytes]);
    const tail = [u16(0), u16(0), u16(0), u16(0), u32(mode << 16), u32(offset)];
    const made = u16(MADE_ON_UNIX | 20);
    centrals.push(Buffer.concat([Buffer.from("PK\x01\x02"), made, fields, ...tail, Buffer.from(name, "latin1")]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const counts = [u16(disk), u16(disk), u16(entries.length), u16(entries.length)];
  return Buffer.concat([
    ...locals,
    directory,
    Buffer.from("PK\x05\x06"),
    ...counts,
    u32(directory.length),
    u32(offset),
    u16(0),
  ]);
}

/** From "version needed" to the length of the name, which both kinds of header share. */
function commonFields({ name, method = 0, size, checksum, flags = 0 }: RawEntry, bytes: Uint8Array): Buffer {
  const sizes = [u32(checksum ?? crc32(bytes)), u32(bytes.length), u32(size ?? bytes.length)];
  return Buffer.concat([u16(20), u16(flags), u16(method), u16(0), u16(0), ...sizes, u16(name.length)]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value & 0xffff);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
