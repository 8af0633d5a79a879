/**
 * A minimal ONNX encoder for tests, independent of the one in models/graph: any node, attribute, float or int64 weight.
 * Field numbers from onnx.proto3.
 */

/** A side of a tensor; a name leaves it open. */
export type Side = number | string;

export interface TinyTensor {
  readonly name: string;
  readonly shape: readonly Side[];
}

export interface TinyNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Numbers are INT, arrays INTS, `{ float }` FLOAT, `{ graph }` GRAPH, `{ tensor }` TENSOR, text STRING. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export type Attribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly graph: TinyGraph }
  | { readonly tensor: TinyWeight };

export interface TinyWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

export interface TinyGraph {
  readonly inputs: readonly (TinyTensor & { readonly type?: number })[];
  readonly outputs: readonly (TinyTensor & { readonly type?: number })[];
  readonly nodes: readonly TinyNode[];
  readonly weights?: readonly TinyWeight[];
}

/** Element types of onnx.proto3. */
export const FLOAT = 1;
export const INT64 = 7;
export const BOOL = 9;
export const DOUBLE = 11;

/** Bytes of an ONNX model with opset 17 that holds the graph. */
export function tinyModel(graph: TinyGraph): Uint8Array {
  return Buffer.concat([intField(1, 8), field(7, graphBytes(graph)), field(8, intField(2, 17))]);
}

function graphBytes({ inputs, outputs, nodes, weights = [] }: TinyGraph): Buffer {
  return Buffer.concat([
    ...nodes.map((node) => field(1, nodeBytes(node))),
    textField(2, "tiny"),
    ...weights.map((weight) => field(5, tensorBytes(weight))),
    ...inputs.map((input) => field(11, valueBytes(input))),
    ...outputs.map((output) => field(12, valueBytes(output))),
  ]);
}

function nodeBytes({ op, inputs, outputs, attributes = {} }: TinyNode): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => textField(1, name)),
    ...outputs.map((name) => textField(2, name)),
    textField(4, op),
    ...Object.entries(attributes).map(([name, value]) => field(5, attributeBytes(name, value))),
  ]);
}

function attributeBytes(name: string, value: Attribute): Buffer {
  const of = (type: number, ...parts: Buffer[]) => Buffer.concat([textField(1, name), ...parts, intField(20, type)]);
  if (typeof value === "number") return of(2, intField(3, value));
  if (typeof value === "string") return of(3, textField(4, value));
  if ("float" in value) {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value.float);
    return of(1, varint((2 << 3) | 5), bytes);
  }
  if ("graph" in value) return of(5, field(6, graphBytes(value.graph)));
  if ("tensor" in value) return of(4, field(5, tensorBytes(value.tensor)));
  return of(7, ...value.map((each) => intField(8, each)));
}

function tensorBytes({ name, shape, data }: TinyWeight): Buffer {
  const type = data instanceof Float32Array ? FLOAT : data instanceof BigInt64Array ? INT64 : BOOL;
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([...shape.map((s) => intField(1, s)), intField(2, type), textField(8, name), field(9, raw)]);
}

function valueBytes({ name, shape, type = FLOAT }: TinyTensor & { readonly type?: number }): Buffer {
  const sides = shape.map((side) => field(1, typeof side === "number" ? intField(1, side) : textField(2, side)));
  const tensor = Buffer.concat([intField(1, type), field(2, Buffer.concat(sides))]);
  return Buffer.concat([textField(1, name), field(2, field(1, tensor))]);
}

function textField(number: number, text: string): Buffer {
  return field(number, Buffer.from(text));
}

function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function intField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number << 3), varint(value)]);
}

function varint(value: number): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}
