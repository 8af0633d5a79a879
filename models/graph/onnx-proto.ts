import { readFileSync } from "node:fs";
import protobuf from "protobufjs";
import { GraphError } from "./graph-error.ts";

/** What one model may cost to decode. A record is a number of a list or 16 bytes of text; a message counts as eight. */
const MAX_RECORDS = 8_000_000;
const RECORDS_OF_MESSAGE = 8;
const MAX_DEPTH = 32;

const WIRE_BYTES = 2;

/** Compiled on first use; the text is the published one, checked in beside this file. */
let modelType: protobuf.Type | undefined;

function onnxModel(): protobuf.Type {
  const path = new URL("../../../models/graph/onnx.proto", import.meta.url);
  modelType ??= protobuf.parse(readFileSync(path, "utf8"), { keepCase: true }).root.lookupType("onnx.ModelProto");
  return modelType;
}

/**
 * The messages of an untrusted ONNX file; bytes in it are views, not copies.
 *
 * Errors: GraphError when it is no protobuf, or costs more than any network does: a million messages, 32 levels
 */
export function decodeModelProto(bytes: Uint8Array): ModelProto {
  const type = onnxModel();
  try {
    assertBounded(type, bytes);
    const reader = protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    reader.discardUnknown = true;
    return type.decode(reader) as unknown as ModelProto;
  } catch (error) {
    if (error instanceof GraphError) throw error;
    throw new GraphError(
      { where: "model", expected: "an ONNX protobuf", got: "other or cut-off bytes" },
      { cause: error },
    );
  }
}

/** The bytes of a model. */
export function encodeModelProto(model: ModelProto): Uint8Array {
  return onnxModel().encode(onnxModel().create(model)).finish();
}

/**
 * Walks the fields without making objects of them and counts what decoding would make.
 *
 * protobufjs checks lengths and stops at depth 100, but two hostile bytes become an object of hundreds.
 */
function assertBounded(root: protobuf.Type, bytes: Uint8Array): void {
  const reader = protobuf.Reader.create(bytes);
  const open: { readonly type: protobuf.Type; readonly end: number }[] = [{ type: root, end: bytes.length }];
  let records = 0;
  while (open.length > 0) {
    const { type, end } = open[open.length - 1];
    if (reader.pos >= end) {
      open.pop();
      continue;
    }
    const tag = reader.uint32();
    const field = type.fieldsById[tag >>> 3]?.resolve();
    if ((tag & 7) === WIRE_BYTES && field?.resolvedType instanceof protobuf.Type) {
      open.push({ type: field.resolvedType, end: reader.uint32() + reader.pos });
      records += RECORDS_OF_MESSAGE;
    } else records += skippedRecords(reader, tag & 7, field);
    if (reader.pos > end || open[open.length - 1].end > end) throw new RangeError("field beyond its message");
    if (records > MAX_RECORDS || open.length > MAX_DEPTH) throw tooCostly(open.length > MAX_DEPTH);
  }
}

function skippedRecords(reader: protobuf.Reader, wireType: number, field: protobuf.Field | undefined): number {
  const start = reader.pos;
  reader.skipType(wireType);
  if (field === undefined) return 0;
  if (wireType !== WIRE_BYTES) return 1;
  if (field.type === "bytes") return 1;
  const length = reader.pos - start;
  if (field.type === "string") return 1 + length / 16;
  return field.type === "float" ? length / 4 : length;
}

function tooCostly(deep: boolean): GraphError {
  return deep
    ? new GraphError({ where: "model", expected: `at most ${MAX_DEPTH} nested messages`, got: "more" })
    : new GraphError({ where: "model", expected: `at most ${MAX_RECORDS} records`, got: "more" });
}

/** A 64-bit whole number as protobufjs holds it. */
export type Int64 = number | { readonly low: number; readonly high: number; toNumber(): number };

// The messages of onnx.proto, as far as graphs here use them. Repeated fields always read as arrays.

export interface ModelProto {
  readonly ir_version?: Int64;
  readonly producer_name?: string;
  readonly graph?: GraphProto | null;
  readonly opset_import?: readonly OperatorSetIdProto[];
  readonly metadata_props?: readonly StringStringEntryProto[];
  readonly functions?: readonly unknown[];
}

export interface OperatorSetIdProto {
  readonly domain?: string;
  readonly version?: Int64;
}

export interface StringStringEntryProto {
  readonly key?: string;
  readonly value?: string;
}

export interface GraphProto {
  readonly name?: string;
  readonly node?: readonly NodeProto[];
  readonly initializer?: readonly TensorProto[];
  readonly sparse_initializer?: readonly unknown[];
  readonly input?: readonly ValueInfoProto[];
  readonly output?: readonly ValueInfoProto[];
}

export interface NodeProto {
  readonly name?: string;
  readonly op_type?: string;
  readonly domain?: string;
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly attribute?: readonly AttributeProto[];
}

export interface AttributeProto {
  readonly name?: string;
  readonly type?: number;
  readonly i?: Int64;
  readonly f?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorProto | null;
  readonly g?: GraphProto | null;
  readonly ints?: readonly Int64[];
  readonly floats?: readonly number[];
  readonly strings?: readonly Uint8Array[];
  readonly ref_attr_name?: string;
}

export interface TensorProto {
  readonly name?: string;
  readonly data_type?: number;
  readonly dims?: readonly Int64[];
  readonly raw_data?: Uint8Array;
  readonly float_data?: readonly number[];
  readonly int32_data?: readonly number[];
  readonly int64_data?: readonly Int64[];
  readonly double_data?: readonly number[];
  readonly uint64_data?: readonly Int64[];
  readonly string_data?: readonly Uint8Array[];
  readonly data_location?: number;
  readonly external_data?: readonly StringStringEntryProto[];
  readonly segment?: unknown;
}

export interface ValueInfoProto {
  readonly name?: string;
  readonly type?: {
    readonly tensor_type?: {
      readonly elem_type?: number;
      readonly shape?: { readonly dim?: readonly { readonly dim_value?: Int64; readonly dim_param?: string }[] } | null;
    } | null;
  } | null;
}
