/** Element types of tensors that graphs here may hold, with ONNX's numbers for them. */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

/** Name of an element type. */
export type ElementType = keyof typeof elementTypes;

const bytesOfType: { readonly [K in ElementType]: number } = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
  bfloat16: 2,
};

/** A side of a value: a number, the name that ties open sides together, or nothing known. */
export type Dimension = number | string | undefined;

/** An ONNX graph as plain data: what is computed, by name. */
export interface Graph {
  readonly name: string;
  /** Version of each operator set by domain; the standard one is `""`. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly irVersion: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Weights and constants. */
  readonly initializers: readonly Tensor[];
  /** In an order in which every value is made before it is used. */
  readonly nodes: readonly GraphNode[];
  /** Key and value pairs that travel with the model. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Name, type and shape of a value; `undefined` where the graph does not say. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType | undefined;
  readonly shape: readonly Dimension[] | undefined;
}

/** One operation. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Operator set it belongs to; the standard one is `""`. */
  readonly domain: string;
  /** `""` stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A fixed parameter of a node. Whole numbers beyond 2^53 are held as that: no index reaches so far. */
export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: Tensor }
  | { readonly kind: "graph"; readonly value: Graph };

/** A constant array. */
export interface Tensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A constant array whose elements are in memory. */
export type InlineTensor = Tensor & { readonly data: Extract<TensorData, { readonly kind: "bytes" }> };

/** Little-endian elements in memory, or the place of them in a file beside the graph. */
export type TensorData =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | {
      readonly kind: "external";
      readonly location: string;
      readonly offset: number;
      /** To the end of the file when left out. */
      readonly length: number | undefined;
    };

/** Number of elements; 1 for a scalar. */
export function elementCountOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** Bytes that a tensor's elements take. */
export function byteLengthOf({ type, shape }: Pick<Tensor, "type" | "shape">): number {
  return elementCountOf(shape) * bytesOfType[type];
}

/** The graph's inputs that a caller feeds: those that no initializer gives a value. */
export function fedInputsOf({ inputs, initializers }: Graph): readonly ValueInfo[] {
  const given = new Set(initializers.map(({ name }) => name));
  return inputs.filter(({ name }) => !given.has(name));
}
