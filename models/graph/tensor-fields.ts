import { byteLengthOf, type ElementType, type Tensor } from "./graph.ts";
import { GraphError } from "./graph-error.ts";
import type { Int64, TensorProto } from "./onnx-proto.ts";

/** A list field of a tensor, and how its members become little-endian bytes. */
interface ListField {
  readonly values: (proto: TensorProto) => readonly Int64[] | undefined;
  readonly pack: (values: readonly Int64[]) => ArrayBufferView;
}

const asNumbers = (values: readonly Int64[]) => values.map(Number);
const asBigInts = (values: readonly Int64[]) => values.map(bigIntOf);
const int32s = (proto: TensorProto) => proto.int32_data;

/** Where each type's elements lie when not in raw_data; the rules are onnx.proto's. */
const listFields: { readonly [K in ElementType]: ListField } = {
  float32: { values: (proto) => proto.float_data, pack: (values) => Float32Array.from(asNumbers(values)) },
  float64: { values: (proto) => proto.double_data, pack: (values) => Float64Array.from(asNumbers(values)) },
  int64: { values: (proto) => proto.int64_data, pack: (values) => BigInt64Array.from(asBigInts(values)) },
  uint64: { values: (proto) => proto.uint64_data, pack: (values) => BigUint64Array.from(asBigInts(values)) },
  uint32: { values: (proto) => proto.uint64_data, pack: (values) => Uint32Array.from(asNumbers(values)) },
  int32: { values: int32s, pack: (values) => Int32Array.from(asNumbers(values)) },
  int16: { values: int32s, pack: (values) => Int16Array.from(asNumbers(values)) },
  uint16: { values: int32s, pack: (values) => Uint16Array.from(asNumbers(values)) },
  int8: { values: int32s, pack: (values) => Int8Array.from(asNumbers(values)) },
  uint8: { values: int32s, pack: (values) => Uint8Array.from(asNumbers(values)) },
  bool: { values: int32s, pack: (values) => Uint8Array.from(asNumbers(values)) },
  float16: { values: int32s, pack: (values) => Uint16Array.from(asNumbers(values)) },
  bfloat16: { values: int32s, pack: (values) => Uint16Array.from(asNumbers(values)) },
};

/**
 * The elements that a tensor message holds itself, as little-endian bytes.
 *
 * Errors: GraphError when they are more or fewer than the shape says
 */
export function inlineBytesOf(proto: TensorProto, tensor: Omit<Tensor, "data">): Uint8Array {
  const field = listFields[tensor.type];
  const list = field.values(proto) ?? [];
  const raw = proto.raw_data ?? new Uint8Array();
  const bytes = raw.length > 0 || list.length === 0 ? raw : bytesOf(field.pack(list));
  const wanted = byteLengthOf(tensor);
  if (bytes.length === wanted) return bytes;
  throw new GraphError({
    where: tensor.name,
    expected: `${wanted} bytes for [${tensor.shape}] ${tensor.type}`,
    got: `${bytes.length}`,
  });
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function bigIntOf(value: Int64): bigint {
  if (typeof value === "number") return BigInt(value);
  return (BigInt(value.high) << 32n) | BigInt(value.low >>> 0);
}
