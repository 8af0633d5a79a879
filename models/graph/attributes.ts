import type { Attribute, GraphNode } from "./graph.ts";

/** A node of the standard operator set, named after its first output. */
export function nodeOf(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): GraphNode {
  return { name: outputs[0], op, domain: "", inputs, outputs, attributes: new Map(Object.entries(attributes)) };
}

/** A whole number as an attribute. */
export function int(value: number): Attribute {
  return { kind: "int", value };
}

/** Whole numbers as an attribute. */
export function ints(value: readonly number[]): Attribute {
  return { kind: "ints", value };
}

/** A float32 as an attribute. */
export function float(value: number): Attribute {
  return { kind: "float", value };
}

/** A word as an attribute. */
export function text(value: string): Attribute {
  return { kind: "string", value };
}

/** A node's whole number; `usual` where it has none of that name. */
export function intAttribute({ attributes }: Pick<GraphNode, "attributes">, name: string, usual: number): number {
  const attribute = attributes.get(name);
  return attribute?.kind === "int" ? attribute.value : usual;
}

/** A node's whole numbers; `usual` where it has none of that name. */
export function intsAttribute(
  { attributes }: Pick<GraphNode, "attributes">,
  name: string,
  usual: readonly number[],
): readonly number[] {
  const attribute = attributes.get(name);
  return attribute?.kind === "ints" ? attribute.value : usual;
}

/** A node's word; `usual` where it has none of that name. */
export function textAttribute({ attributes }: Pick<GraphNode, "attributes">, name: string, usual: string): string {
  const attribute = attributes.get(name);
  return attribute?.kind === "string" ? attribute.value : usual;
}

/** A node's float; `usual` where it has none of that name. */
export function floatAttribute({ attributes }: Pick<GraphNode, "attributes">, name: string, usual: number): number {
  const attribute = attributes.get(name);
  return attribute?.kind === "float" ? attribute.value : usual;
}
