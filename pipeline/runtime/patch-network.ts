import { rewriteForWebGpu } from "../../models/graph/rewrite/webgpu.ts";
import type { Triple } from "../volume/affine.ts";
import { ModelError } from "../volume/errors.ts";
import type { ExternalData, NetworkShape } from "./network.ts";
import { type FloatTensor, openSession, type Session, type TensorInfo } from "./onnx-runtime.ts";
import { namingFaults, printable } from "./runtime-faults.ts";
import type { RunPatches } from "./sliding-window.ts";

/** A network opened on a device, taking patches. */
export interface PatchNetwork {
  readonly shape: NetworkShape;
  /** Patches in one run: what the graph fixes, else what is wanted. */
  batchSizeOf(wanted: number): number;
  readonly run: RunPatches;
  close(): Promise<void>;
}

/** Where and how a network is opened. */
export interface OpenNetworkOptions {
  readonly device: string;
  readonly threads: number;
  readonly whollyOnDevice: boolean;
  readonly externalData: readonly ExternalData[];
}

/**
 * Opens a network and checks that it takes and gives what its description says.
 *
 * Errors: ModelError M_LOAD, M_INPUT, M_LABELS, M_MEMORY
 */
export async function openPatchNetwork(
  shape: NetworkShape,
  model: Uint8Array,
  { device, ...options }: OpenNetworkOptions,
): Promise<PatchNetwork> {
  const { where } = shape;
  const session = await namingFaults(where, "M_LOAD", () => {
    const runnable = device === "webgpu" ? rewriteForWebGpu(model, options.externalData) : model;
    return openSession(runnable, { provider: device, ...options });
  });
  const input = checkedInput(session, shape);
  const output = checkedOutput(session, shape);
  const fixedBatch = input.shape[0];
  const flat = input.shape.length === 4;
  const open = { session, network: shape, output: output.name, flat };
  return {
    shape,
    batchSizeOf: (wanted) => (typeof fixedBatch === "number" ? fixedBatch : wanted),
    run: patchRunner(open, typeof fixedBatch === "number" ? fixedBatch : undefined),
    close: session.close,
  };
}

function patchRunner(
  {
    session,
    network,
    output,
    flat,
  }: { readonly session: Session; readonly network: NetworkShape; readonly output: string; readonly flat: boolean },
  fixedBatch: number | undefined,
): RunPatches {
  const channels = network.output.classIds.length;
  let target: FloatTensor | undefined;
  return (patches, { count, patch }) =>
    namingFaults(network.where, "M_RUN", async () => {
      const n = fixedBatch ?? count;
      const sides = flat ? patch.slice(1) : patch;
      const input = { data: patches.subarray(0, lengthOf([n, network.inputChannels, ...sides])) };
      const wanted = [n, channels, ...sides];
      const reuse = target !== undefined && String(target.shape) === String(wanted) ? { target } : {};
      const scores = await session.run({ ...input, shape: [n, network.inputChannels, ...sides] }, { output, ...reuse });
      assertScores(network.where, scores, wanted);
      target = scores;
      return scores.data;
    });
}

function lengthOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function checkedInput({ inputs }: Session, { where, inputChannels, patch }: NetworkShape): TensorInfo {
  const [input] = inputs;
  const sides = input?.shape.slice(2) ?? [];
  const fits =
    inputs.length === 1 &&
    input.type === "float32" &&
    (sides.length === 3 || sides.length === 2) &&
    agrees(input.shape[1], inputChannels) &&
    (patch.kind !== "fixed" || sidesOf(patch.size, sides.length).every((side, i) => agrees(sides[i], side))) &&
    (sides.length === 3 || depthOf(patch) === 1);
  if (fits) return input;
  const size = patch.kind === "fixed" ? patch.size.join(", ") : "D, H, W";
  throw new ModelError({
    code: "M_INPUT",
    where,
    expected: `one float32 input [N, ${inputChannels}, ${size}] (without D for a 2-D network)`,
    got: inputs.map(textOfTensor).join(", ") || "none",
    next: "Correct the channels and the patch in the manifest",
  });
}

function checkedOutput({ outputs }: Session, { where, output }: NetworkShape): TensorInfo {
  const [first] = outputs;
  const rank = first?.shape.length;
  if (first?.type === "float32" && (rank === 4 || rank === 5) && agrees(first.shape[1], output.classIds.length))
    return first;
  throw labelsError(where, output.classIds.length, first === undefined ? "none" : textOfTensor(first));
}

function assertScores(where: string, { shape }: FloatTensor, wanted: readonly number[]): void {
  if (String(shape) !== String(wanted))
    throw labelsError(where, wanted[1], `[${shape}] for a patch [${wanted.slice(2)}]`);
}

function labelsError(where: string, channels: number, got: string): ModelError {
  return new ModelError({
    code: "M_LABELS",
    where,
    expected: `a first output float32 [N, ${channels}, sides of the input], one channel per class`,
    got,
    next: "Correct the classes in the manifest",
  });
}

/** Whether a declared side, open or fixed, takes `wanted`. */
function agrees(declared: number | string | undefined, wanted: number): boolean {
  return typeof declared !== "number" || declared === wanted;
}

function sidesOf(size: Triple, rank: number): readonly number[] {
  return size.slice(3 - rank);
}

function depthOf(patch: NetworkShape["patch"]): number {
  return patch.kind === "fixed" ? patch.size[0] : patch.largest[0];
}

function textOfTensor({ name, type, shape }: TensorInfo): string {
  return `${printable(name)} ${type} [${shape.map((side) => printable(String(side))).join(", ")}]`;
}
