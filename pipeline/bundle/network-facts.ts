import { intsAttribute } from "../../models/graph/attributes.ts";
import { type Dimension, fedInputsOf, type Graph, type GraphNode, type ValueInfo } from "../../models/graph/graph.ts";
import { ModelError } from "../volume/errors.ts";
import { shownValue } from "./check-network.ts";
import type { ManifestNetwork } from "./manifest-schema.ts";

/** What a graph says of the network in it. */
export interface NetworkFacts {
  /** Left out where the graph leaves it open. */
  readonly inputChannels: number | undefined;
  /** Sides of the input, [D, H, W]; D is 1 for a 2-D network. */
  readonly sides: readonly [Dimension, Dimension, Dimension];
  readonly outputChannels: number | undefined;
  /** Told from the last operator; a network may well call logits what are none. */
  readonly outputKind: ManifestNetwork["output"]["kind"];
  /** By how much strides shrink the input, [D, H, W]: sides are likely to have to be multiples of it. */
  readonly step: readonly [number, number, number];
  /** Version of the standard operator set. */
  readonly opset: number;
}

/**
 * What can be told from a graph before anybody says what it is for.
 *
 * Errors: ModelError M_INPUT, M_LABELS when it does not take one float32 image, or give one float32 score map
 */
export function networkFactsOf(graph: Graph, where: string): NetworkFacts {
  const [input, ...others] = fedInputsOf(graph);
  if (input === undefined || others.length > 0 || !isImage(input))
    refuse("M_INPUT", {
      where,
      expected: "one float32 input [N, C, D, H, W] or [N, C, H, W]",
      values: fedInputsOf(graph),
    });
  const [output] = graph.outputs;
  if (output?.type !== "float32")
    refuse("M_LABELS", { where, expected: "a first output of float32 scores", values: graph.outputs.slice(0, 1) });
  const [, channels, ...sides] = input.shape ?? [];
  const [depth, height, width] = sides.length === 2 ? [1, ...sides] : sides;
  const outputChannels = numberOrNone(output.shape?.[1]);
  return {
    inputChannels: numberOrNone(channels),
    sides: [depth, height, width],
    outputChannels,
    outputKind: outputKindOf(graph, { value: output.name, channels: outputChannels }),
    step: shrinkageOf(graph, sides.length === 2),
    opset: graph.opsets.get("") ?? 0,
  };
}

function isImage({ type, shape }: ValueInfo): boolean {
  return type === "float32" && (shape?.length === 5 || shape?.length === 4);
}

function refuse(
  code: string,
  {
    where,
    expected,
    values,
  }: { readonly where: string; readonly expected: string; readonly values: readonly ValueInfo[] },
): never {
  const got = values.map(shownValue).join(" and ") || "none";
  throw new ModelError({ code, where, expected, got, next: "Export the network again, its image as the only input" });
}

function numberOrNone(side: Dimension): number | undefined {
  return typeof side === "number" ? side : undefined;
}

/** Operators that scores pass through unchanged. */
const transparent: readonly string[] = ["Identity", "Cast", "Reshape", "Transpose"];

function outputKindOf(
  { nodes }: Graph,
  { value, channels }: { readonly value: string; readonly channels: number | undefined },
): NetworkFacts["outputKind"] {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  let maker = makers.get(value);
  while (maker !== undefined && transparent.includes(maker.op)) maker = makers.get(maker.inputs[0]);
  if (maker?.op === "Softmax") return "probabilities";
  if (maker?.op === "Sigmoid") return "sigmoid";
  return channels === 1 ? "sigmoid-logits" : "logits";
}

const shrinking: readonly string[] = ["Conv", "MaxPool", "AveragePool", "LpPool"];

/** Follows the strides from the input to where the image is smallest. */
function shrinkageOf({ nodes }: Graph, flat: boolean): readonly [number, number, number] {
  const usual = flat ? [1, 1] : [1, 1, 1];
  const factors = new Map<string, readonly number[]>();
  for (const node of nodes) {
    const known = node.inputs.map((name) => factors.get(name) ?? usual);
    const factor = usual.map((_, axis) => Math.max(1, ...known.map((each) => each[axis])));
    const made = factorAfter(node, factor);
    for (const name of node.outputs) factors.set(name, made);
  }
  const largest = usual.map((_, axis) => Math.max(1, ...[...factors.values()].map((each) => each[axis])));
  const [depth, height, width] = flat ? [1, ...largest] : largest;
  return [depth, height, width];
}

function factorAfter(node: GraphNode, factor: readonly number[]): readonly number[] {
  const strides = intsAttribute(node, "strides", []);
  if (strides.length !== factor.length) return factor;
  if (shrinking.includes(node.op)) return factor.map((each, axis) => each * strides[axis]);
  return node.op === "ConvTranspose" ? factor.map((each, axis) => each / strides[axis]) : factor;
}
