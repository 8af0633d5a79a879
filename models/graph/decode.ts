import {
  type Attribute,
  type Dimension,
  type ElementType,
  elementTypes,
  type Graph,
  type GraphNode,
  type Tensor,
  type TensorData,
  type ValueInfo,
} from "./graph.ts";
import { GraphError } from "./graph-error.ts";
import {
  type AttributeProto,
  decodeModelProto,
  type GraphProto,
  type Int64,
  type ModelProto,
  type NodeProto,
  type StringStringEntryProto,
  type TensorProto,
  type ValueInfoProto,
} from "./onnx-proto.ts";
import { inlineBytesOf } from "./tensor-fields.ts";

const typeNames: ReadonlyMap<number, ElementType> = new Map(
  Object.entries(elementTypes).map(([name, number]) => [number, name as ElementType]),
);

const EXTERNAL = 1;

/**
 * The graph in an ONNX file; weights are views on the file's bytes.
 *
 * Errors: GraphError when the bytes are no ONNX model, a tensor's fields contradict each other, or it uses what graphs
 *         here cannot hold (functions of its own, sparse tensors, texts, types below 8 bits)
 */
export function decodeModel(bytes: Uint8Array): Graph {
  const model = decodeModelProto(bytes);
  if (!model.graph) throw new GraphError({ where: "model", expected: "a graph", got: "none" });
  if ((model.functions ?? []).length > 0)
    throw new GraphError({ where: "model", expected: "standard operators only", got: "functions of its own" });
  return graphFrom(model.graph, {
    irVersion: wholeNumber(model.ir_version ?? 0),
    opsets: opsetsOf(model),
    metadata: textMapOf(model.metadata_props),
  });
}

type Surroundings = Pick<Graph, "irVersion" | "opsets" | "metadata">;

function graphFrom(proto: GraphProto, surroundings: Surroundings): Graph {
  if ((proto.sparse_initializer ?? []).length > 0)
    throw new GraphError({ where: "model", expected: "dense weights", got: "sparse ones" });
  return {
    ...surroundings,
    name: proto.name ?? "",
    inputs: (proto.input ?? []).map(valueFrom),
    outputs: (proto.output ?? []).map(valueFrom),
    initializers: (proto.initializer ?? []).map(tensorFrom),
    nodes: (proto.node ?? []).map((node) => nodeFrom(node, surroundings)),
  };
}

/** Version by domain; both spellings of the standard domain become `""`. */
function opsetsOf({ opset_import }: ModelProto): ReadonlyMap<string, number> {
  return new Map((opset_import ?? []).map(({ domain, version }) => [domainOf(domain), wholeNumber(version ?? 0)]));
}

function domainOf(domain = ""): string {
  return domain === "ai.onnx" ? "" : domain;
}

function nodeFrom(node: NodeProto, surroundings: Surroundings): GraphNode {
  const where = node.name || node.op_type || "node";
  return {
    name: node.name ?? "",
    op: node.op_type ?? "",
    domain: domainOf(node.domain),
    inputs: node.input ?? [],
    outputs: node.output ?? [],
    attributes: new Map(
      (node.attribute ?? []).map((each) => [each.name ?? "", attributeFrom(each, where, surroundings)]),
    ),
  };
}

/** ONNX's numbers for the kinds of attributes. */
export const attributeKinds = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7, strings: 8 };

function attributeFrom(proto: AttributeProto, where: string, surroundings: Surroundings): Attribute {
  const { type = 0, i = 0, f = 0, s, t, g, ints = [], floats = [], strings = [] } = proto;
  if (type === attributeKinds.int) return { kind: "int", value: wholeNumber(i) };
  if (type === attributeKinds.ints) return { kind: "ints", value: ints.map(wholeNumber) };
  if (type === attributeKinds.float) return { kind: "float", value: f };
  if (type === attributeKinds.floats) return { kind: "floats", value: [...floats] };
  if (type === attributeKinds.string) return { kind: "string", value: textOf(s) };
  if (type === attributeKinds.strings) return { kind: "strings", value: strings.map(textOf) };
  if (type === attributeKinds.tensor && t) return { kind: "tensor", value: tensorFrom(t) };
  if (type === attributeKinds.graph && g) return { kind: "graph", value: graphFrom(g, surroundings) };
  throw new GraphError({ where, expected: "attributes of a known kind", got: `kind ${type} in ${proto.name ?? ""}` });
}

function valueFrom({ name = "", type }: ValueInfoProto): ValueInfo {
  const tensor = type?.tensor_type;
  const dimensions = tensor?.shape?.dim?.map((side): Dimension => {
    if (side.dim_param) return side.dim_param;
    // A field that is not in the file reads as 0.
    return Object.hasOwn(side, "dim_value") ? wholeNumber(side.dim_value ?? 0) : undefined;
  });
  return { name, type: typeNames.get(tensor?.elem_type ?? 0), shape: tensor?.shape ? (dimensions ?? []) : undefined };
}

function tensorFrom(proto: TensorProto): Tensor {
  const name = proto.name ?? "";
  const type = typeNames.get(proto.data_type ?? 0);
  if (type === undefined || proto.segment)
    throw new GraphError({ where: name, expected: "an undivided tensor of numbers", got: `type ${proto.data_type}` });
  const shape = (proto.dims ?? []).map(wholeNumber);
  if (!shape.every((side) => Number.isSafeInteger(side) && side >= 0))
    throw new GraphError({ where: name, expected: "sides of 0 or more", got: `[${shape}]` });
  return { name, type, shape, data: dataFrom(proto, { name, type, shape }) };
}

function dataFrom(proto: TensorProto, tensor: Omit<Tensor, "data">): TensorData {
  if (proto.data_location !== EXTERNAL) return { kind: "bytes", bytes: inlineBytesOf(proto, tensor) };
  const entries = textMapOf(proto.external_data);
  const number = (key: string) => (entries.has(key) ? Number(entries.get(key) || NaN) : undefined);
  const [offset = 0, length] = [number("offset"), number("length")];
  const whole = (value: number) => Number.isSafeInteger(value) && value >= 0;
  if (!whole(offset) || (length !== undefined && !whole(length)))
    throw new GraphError({ where: tensor.name, expected: "external data at whole numbers from 0", got: "others" });
  return { kind: "external", location: entries.get("location") ?? "", offset, length };
}

function textMapOf(entries: readonly StringStringEntryProto[] = []): ReadonlyMap<string, string> {
  return new Map(entries.map(({ key = "", value = "" }) => [key, value]));
}

function textOf(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes).toString("utf8");
}

/** A number that is exact up to 2^53 and stays there beyond. */
function wholeNumber(value: Int64): number {
  const number = typeof value === "number" ? value : value.toNumber();
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number));
}
