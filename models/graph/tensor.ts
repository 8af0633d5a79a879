import { byteLengthOf, elementCountOf, type InlineTensor, type Tensor } from "./graph.ts";
import { GraphError } from "./graph-error.ts";

/** A float32 constant. */
export function floatTensor(name: string, shape: readonly number[], values: ArrayLike<number>): InlineTensor {
  return tensorOf({ name, type: "float32", shape }, Float32Array.from(values));
}

/** An int64 constant, such as a shape or axes; a vector unless a shape is given. */
export function intTensor(
  name: string,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): InlineTensor {
  return tensorOf({ name, type: "int64", shape }, BigInt64Array.from(values, BigInt));
}

function tensorOf(tensor: Omit<Tensor, "data">, view: ArrayBufferView): InlineTensor {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (bytes.length !== byteLengthOf(tensor))
    throw new GraphError({
      where: tensor.name,
      expected: `${elementCountOf(tensor.shape)} values for [${tensor.shape}]`,
      got: `${bytes.length} bytes`,
    });
  return { ...tensor, data: { kind: "bytes", bytes } };
}

/**
 * A float32 tensor's values; a view where the bytes happen to be aligned, else a copy.
 *
 * Errors: GraphError for another type, and for values that lie outside the graph
 */
export function floatsOf({ name, type, data }: Tensor): Float32Array {
  if (type !== "float32" || data.kind !== "bytes")
    throw new GraphError({ where: name, expected: "float32 values in the graph", got: `${type}, ${data.kind}` });
  const { bytes } = data;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, bytes.length / 4);
}

/**
 * An int64 tensor's values as numbers; those beyond 2^53 stay there.
 *
 * Errors: as `floatsOf`
 */
export function intsOf({ name, type, data }: Tensor): readonly number[] {
  if (type !== "int64" || data.kind !== "bytes")
    throw new GraphError({ where: name, expected: "int64 values in the graph", got: `${type}, ${data.kind}` });
  const view = new DataView(data.bytes.buffer, data.bytes.byteOffset, data.bytes.length);
  return Array.from({ length: data.bytes.length / 8 }, (_, n) =>
    Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(view.getBigInt64(8 * n, true)))),
  );
}
