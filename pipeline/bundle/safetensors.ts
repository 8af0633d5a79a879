import { open, stat } from "node:fs/promises";
import { type Static, Type } from "@sinclair/typebox";
import { writeFileWhole } from "../io/atomic-write.ts";
import { FormatError, type Problem } from "../volume/errors.ts";
import { checkJson } from "./json-schema.ts";
import { readJsonText } from "./json-text.ts";

/** A shaped array of weights. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by name, and whatever texts travel with them. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Longest header; the format's own reader has the same bound in spirit (100 MB), ours is that of any JSON. */
const MAX_HEADER_BYTES = 10 * 2 ** 20;

/** Types that a file may hold, and their bytes: weights, and the counters and tables of indices that PyTorch puts beside them. */
const typeBytes = { F32: 4, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;

const whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const tensorSchema = Type.Object(
  {
    dtype: Type.Unsafe<keyof typeof typeBytes>({ type: "string", enum: Object.keys(typeBytes) }),
    shape: Type.Array(whole, { maxItems: 16 }),
    data_offsets: Type.Tuple([whole, whole]),
  },
  { additionalProperties: false },
);
const headerSchema = Type.Record(Type.String(), tensorSchema);
const metadataSchema = Type.Object({ __metadata__: Type.Record(Type.String(), Type.String()) });

type TensorEntry = Static<typeof tensorSchema>;
type Header = ReadonlyMap<string, TensorEntry>;

/**
 * Writes weights so that PyTorch's `safetensors` reads them; the file appears whole or not at all.
 *
 * Errors: EnvironmentError when disk or permissions are at fault
 * Source: https://github.com/huggingface/safetensors, "Format"
 */
export async function writeSafetensors(path: string, { tensors, metadata }: Safetensors): Promise<void> {
  let end = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const data_offsets = [end, end + data.byteLength];
    end += data.byteLength;
    return [name, { dtype: "F32", shape, data_offsets }] as const;
  });
  const texts = metadata.size === 0 ? [] : [["__metadata__", Object.fromEntries(metadata)] as const];
  const json = JSON.stringify(Object.fromEntries([...texts, ...entries]));
  // Spaces at the end keep the numbers aligned, as the format asks.
  const header = Buffer.from(json.padEnd(json.length + ((8 - (Buffer.byteLength(json) % 8)) % 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await writeFileWhole(path, async (append) => {
    await append(length);
    await append(header);
    for (const { data } of tensors.values())
      await append(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });
}

/**
 * Reads a file's float32 weights, whole numbers left out; nothing is allocated that the file is too short for.
 *
 * Errors: FormatError W_HEADER, W_TENSOR when the file is damaged or holds weights of other types
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  const size = (await stat(path).catch(() => undefined))?.size;
  if (size === undefined) throw headerError(path, "a safetensors file", "no file");
  const file = await open(path);
  try {
    const read = async (position: number, length: number) => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, position);
      if (bytesRead !== length) throw headerError(path, `${length} bytes at ${position}`, `${bytesRead}`);
      return bytes;
    };
    if (size < 8) throw headerError(path, "8 bytes of header length", `${size} bytes`);
    const length = Number(Buffer.from(await read(0, 8)).readBigUInt64LE());
    if (length > Math.min(MAX_HEADER_BYTES, size - 8))
      throw headerError(path, `a header inside the file's ${size} bytes, at most ${MAX_HEADER_BYTES}`, `${length}`);
    const { header, metadata } = parsedHeader(await read(8, length), path);
    const start = 8 + length;
    assertLayout(header, { where: path, dataBytes: size - start });
    const tensors = new Map<string, WeightTensor>();
    for (const [name, entry] of header) {
      const {
        dtype,
        shape,
        data_offsets: [from, to],
      } = entry;
      if (dtype !== "F32") continue;
      const { buffer } = await read(start + from, to - from);
      tensors.set(name, { shape, data: new Float32Array(buffer) });
    }
    return { tensors, metadata };
  } finally {
    await file.close();
  }
}

function parsedHeader(bytes: Uint8Array, where: string) {
  const text = readJsonText(bytes);
  if (!("value" in text)) throw headerError(where, text.expected, text.got);
  const { value } = text;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw headerError(where, "a JSON object as header", "another value");
  const { __metadata__: texts = {}, ...entries } = value as Record<string, unknown>;
  const metadata = checkJson({ __metadata__: texts }, metadataSchema, { where, code: "W_HEADER" }).__metadata__;
  const header = checkJson(entries, headerSchema, { where, code: "W_TENSOR" }) as Readonly<Record<string, TensorEntry>>;
  return { header: new Map(Object.entries(header)), metadata: new Map(Object.entries(metadata)) };
}

/** Each tensor has the bytes that its shape says, one behind the other, and nothing is left over: as the format demands. */
function assertLayout(
  header: Header,
  { where, dataBytes }: { readonly where: string; readonly dataBytes: number },
): void {
  const inOrder = [...header].sort(([, first], [, second]) => first.data_offsets[0] - second.data_offsets[0]);
  let end = 0;
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [from, to],
    },
  ] of inOrder) {
    const bytes = shape.reduce<number>((product, side) => product * side, typeBytes[dtype]);
    if (from !== end || to - from !== bytes)
      throw new FormatError(
        problemOf("W_TENSOR", `${where}#/${name}`, `${bytes} bytes from ${end}`, `${from} to ${to}`),
      );
    end = to;
  }
  if (end !== dataBytes) throw headerError(where, `${end} bytes of weights`, `${dataBytes}`);
}

function headerError(where: string, expected: string, got: string): FormatError {
  return new FormatError(problemOf("W_HEADER", where, expected, got));
}

function problemOf(code: string, where: string, expected: string, got: string): Problem {
  return { code, where, expected, got, next: "Write the weights again, as float32, with the safetensors library" };
}
