import { type Dimension, fedInputsOf, type Graph, type ValueInfo } from "../../models/graph/graph.ts";
import { ModelError } from "../volume/errors.ts";
import type { ManifestNetwork } from "./manifest-schema.ts";
import { quoted } from "./quoted.ts";

/**
 * Refuses a graph that does not take or give what the manifest says.
 *
 * Errors: ModelError M_INPUT when it has not one float32 input of the channels and patch, M_LABELS when its first output
 *         has not one channel per class
 */
export function checkNetwork(
  graph: Graph,
  { network, inputChannels, where }: { network: ManifestNetwork; inputChannels: number; where: string },
): void {
  const [input, ...others] = fedInputsOf(graph);
  const sides = network.patch.kind === "fixed" ? network.patch.size : [undefined, undefined, undefined];
  if (input === undefined || others.length > 0 || !takes(input, { channels: inputChannels, sides, network }))
    throw new ModelError({
      code: "M_INPUT",
      where,
      expected: `one input, float32 [N, ${inputChannels}, ${sides.map((side) => side ?? "any").join(", ")}]`,
      got: fedInputsOf(graph).map(shownValue).join(" and ") || "none",
      next: "Correct the channels and the patch in the manifest",
    });
  const [output] = graph.outputs;
  const channels = network.output.channels.length;
  if (output?.type !== "float32" || !agrees(output.shape?.[1], channels))
    throw new ModelError({
      code: "M_LABELS",
      where,
      expected: `a first output of ${channels} float32 channels, one for each of ${network.output.channels.join(", ")}`,
      got: output === undefined ? "none" : shownValue(output),
      next: "Correct the output channels in the manifest",
    });
}

interface Wanted {
  readonly channels: number;
  readonly sides: readonly (number | undefined)[];
  readonly network: ManifestNetwork;
}

function takes({ type, shape }: ValueInfo, { channels, sides, network }: Wanted): boolean {
  if (type !== "float32") return false;
  if (shape === undefined) return true;
  const { patch } = network;
  // A 2-D network's input has no D; the manifest gives it a patch that is one slice thick.
  const flat = shape.length === 4 && (patch.kind === "fixed" ? patch.size : patch.largest)[0] === 1;
  if (!flat && shape.length !== 5) return false;
  const wanted = flat ? sides.slice(1) : sides;
  return agrees(shape[1], channels) && shape.slice(2).every((side, axis) => agrees(side, wanted[axis]));
}

/** Whether a declared side allows the wanted one; a fixed side does not allow "any". */
function agrees(declared: Dimension, wanted: number | undefined): boolean {
  return typeof declared !== "number" || declared === wanted;
}

/** Such as `"image" float32 [1, 1, 40, 56, 40]`. */
export function shownValue({ name, type, shape }: ValueInfo): string {
  const sides = shape?.map((side) => (typeof side === "string" ? quoted(side) : (side ?? "any"))).join(", ");
  return `${quoted(name)} ${type ?? "of unknown type"} [${sides ?? "any shape"}]`;
}
