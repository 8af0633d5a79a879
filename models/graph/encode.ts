import { attributeKinds } from "./decode.ts";
import { type Attribute, elementTypes, type Graph, type GraphNode, type Tensor, type ValueInfo } from "./graph.ts";
import {
  type AttributeProto,
  encodeModelProto,
  type GraphProto,
  type NodeProto,
  type StringStringEntryProto,
  type TensorProto,
  type ValueInfoProto,
} from "./onnx-proto.ts";

/** The ONNX file of a graph. */
export function encodeModel(graph: Graph): Uint8Array {
  return encodeModelProto({
    ir_version: graph.irVersion,
    producer_name: "rarevox",
    opset_import: [...graph.opsets].map(([domain, version]) => ({ domain, version })),
    metadata_props: entriesOf(graph.metadata),
    graph: graphProtoOf(graph),
  });
}

function graphProtoOf({ name, inputs, outputs, initializers, nodes }: Graph): GraphProto {
  return {
    name,
    input: inputs.map(valueProtoOf),
    output: outputs.map(valueProtoOf),
    initializer: initializers.map(tensorProtoOf),
    node: nodes.map(nodeProtoOf),
  };
}

function nodeProtoOf({ name, op, domain, inputs, outputs, attributes }: GraphNode): NodeProto {
  return {
    name,
    op_type: op,
    domain,
    input: inputs,
    output: outputs,
    attribute: [...attributes].map(([key, attribute]) => attributeProtoOf(key, attribute)),
  };
}

function attributeProtoOf(name: string, attribute: Attribute): AttributeProto {
  const { kind, value } = attribute;
  const head = { name, type: attributeKinds[kind] };
  switch (kind) {
    case "int":
      return { ...head, i: value };
    case "ints":
      return { ...head, ints: value };
    case "float":
      return { ...head, f: value };
    case "floats":
      return { ...head, floats: value };
    case "string":
      return { ...head, s: Buffer.from(value) };
    case "strings":
      return { ...head, strings: value.map((each) => Buffer.from(each)) };
    case "tensor":
      return { ...head, t: tensorProtoOf(value) };
    case "graph":
      return { ...head, g: graphProtoOf(value) };
  }
}

function valueProtoOf({ name, type, shape }: ValueInfo): ValueInfoProto {
  const dimensions = shape?.map((side) => {
    if (typeof side === "number") return { dim_value: side };
    return side === undefined ? {} : { dim_param: side };
  });
  const elementType = type === undefined ? {} : { elem_type: elementTypes[type] };
  return {
    name,
    type: { tensor_type: { ...elementType, ...(dimensions === undefined ? {} : { shape: { dim: dimensions } }) } },
  };
}

function tensorProtoOf({ name, type, shape, data }: Tensor): TensorProto {
  const head = { name, data_type: elementTypes[type], dims: shape };
  if (data.kind === "bytes") return { ...head, raw_data: data.bytes };
  const { location, offset, length } = data;
  const place = new Map([["location", location]]);
  if (offset !== 0) place.set("offset", String(offset));
  if (length !== undefined) place.set("length", String(length));
  return { ...head, data_location: 1, external_data: entriesOf(place) };
}

function entriesOf(map: ReadonlyMap<string, string>): readonly StringStringEntryProto[] {
  return [...map].map(([key, value]) => ({ key, value }));
}
