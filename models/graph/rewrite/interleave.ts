import { ints, nodeOf } from "../attributes.ts";
import type { GraphNode } from "../graph.ts";
import { intTensor } from "../tensor.ts";
import type { Rewriting } from "./rewrite-graph.ts";

/** An image whose channels are to be laid between its voxels. */
export interface Interleaved {
  readonly source: string;
  readonly result: string;
  /** Channels that stay, the fastest running ones. */
  readonly channels: number;
  /** Voxels that each one becomes along D, H, W; the channels run over those along W, then H, then D. */
  readonly strides: readonly number[];
}

type Axis = "N" | "C" | "D" | "H" | "W";
const usual: readonly Axis[] = ["N", "C", "D", "H", "W"];
const byAxis: readonly Axis[] = ["W", "H", "D"];

/**
 * Lays channels between voxels, axis by axis: with the axis and the channels last, a `Reshape` is all it takes, and no
 * side needs to be known.
 */
export function interleave(
  { source, result, channels, strides }: Interleaved,
  rewriting: Rewriting,
): readonly GraphNode[] {
  const nodes: GraphNode[] = [];
  let [value, order, left] = [source, usual, channels * strides.reduce((product, stride) => product * stride, 1)];
  for (const axis of byAxis) {
    const stride = strides[usual.indexOf(axis) - 2];
    if (stride === 1) continue;
    const others = usual.filter((each) => each !== axis && each !== "C");
    const turned = turn(value, {
      from: order,
      to: [...others, axis, "C"],
      result: rewriting.fresh(`${result}.turned`),
    });
    const merged = rewriting.fresh(`${result}.merged`);
    left /= stride;
    const sides = rewriting.add(intTensor(`${result}.sides`, [0, 0, 0, -1, left]));
    nodes.push(turned, nodeOf("Reshape", [turned.outputs[0], sides], [merged]));
    [value, order] = [merged, [...others, axis, "C"]];
  }
  return [...nodes, turn(value, { from: order, to: usual, result })];
}

function turn(
  value: string,
  { from, to, result }: { readonly from: readonly Axis[]; readonly to: readonly Axis[]; readonly result: string },
): GraphNode {
  return nodeOf("Transpose", [value], [result], { perm: ints(to.map((axis) => from.indexOf(axis))) });
}
