import { posix } from "node:path";
import { decodeModel } from "../../models/graph/decode.ts";
import { byteLengthOf, type Graph, type TensorData } from "../../models/graph/graph.ts";
import { GraphError } from "../../models/graph/graph-error.ts";
import { ModelError } from "../volume/errors.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { quoted } from "./quoted.ts";
import { RELATIVE_PATH } from "./schema-parts.ts";

/**
 * The graph in a bundle's ONNX file.
 *
 * Errors: ModelError M_EMPTY; M_FORMAT when the bytes are no ONNX graph, with a hint where they are a web page or the
 *         stand-in that Git LFS leaves
 */
export function readGraph(bytes: Uint8Array, where: string): Graph {
  if (bytes.length === 0)
    throw new ModelError({
      code: "M_EMPTY",
      where,
      expected: "an ONNX graph",
      got: "an empty file",
      next: "Copy it again",
    });
  const impostor = impostorOf(bytes);
  if (impostor !== undefined) throw new ModelError({ code: "M_FORMAT", where, expected: "an ONNX graph", ...impostor });
  try {
    return decodeModel(bytes);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const { expected, got } = error;
    const place = `${where} at ${quoted(error.where)}`;
    const next = "Check the file with the tool that made it, or copy it again";
    throw new ModelError({ code: "M_FORMAT", where: place, expected, got: quoted(got), next }, { cause: error });
  }
}

/** What was saved in the place of a file that should have been fetched. */
export function impostorOf(bytes: Uint8Array): { readonly got: string; readonly next: string } | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString("latin1").trimStart();
  if (start.startsWith("version https://git-lfs"))
    return { got: "a Git LFS pointer", next: "Fetch the real file with `git lfs pull`" };
  if (/^<(!doctype|html)/i.test(start)) return { got: "a web page", next: "Download the file itself" };
  return undefined;
}

/** A file that a graph keeps weights in. */
export interface ExternalFile {
  /** As the graph names it, relative to its own folder. */
  readonly location: string;
  /** Relative to the bundle. */
  readonly path: string;
}

/**
 * The files beside a graph that its weights lie in, each once.
 *
 * Errors: ModelError M_EXTERNAL when one would lie outside the bundle, is missing, or is too short for a weight
 */
export async function externalFilesOf(
  graph: Graph,
  { files, graphPath }: { readonly files: BundleFiles; readonly graphPath: string },
): Promise<readonly ExternalFile[]> {
  const found = new Map<string, ExternalFile>();
  for (const tensor of graph.initializers) {
    if (tensor.data.kind !== "external") continue;
    const { location } = tensor.data;
    if (!RELATIVE_PATH.test(location)) refuse(graphPath, "external data below the bundle", quoted(location));
    const path = posix.join(posix.dirname(graphPath), location);
    const size = await files.sizeOf(path).catch((error: unknown) => refuseBy(graphPath, error));
    assertWithin(graphPath, { data: tensor.data, wanted: byteLengthOf(tensor), size });
    found.set(location, { location, path });
  }
  return [...found.values()];
}

function assertWithin(
  graphPath: string,
  { data, wanted, size }: { data: Extract<TensorData, { kind: "external" }>; wanted: number; size: number | undefined },
): void {
  if (size === undefined) refuse(graphPath, `the file ${data.location} beside it`, "none");
  const length = data.length ?? size - data.offset;
  // Without a length the rest of the file is meant, which has to be enough.
  const enough = data.length === undefined ? length >= wanted : length === wanted;
  if (!enough || data.offset + length > size)
    refuse(graphPath, `${wanted} bytes of ${data.location}`, `${length} from ${data.offset} in a file of ${size}`);
}

function refuseBy(graphPath: string, error: unknown): never {
  if (error instanceof ModelError) return refuse(graphPath, error.problem.expected, error.problem.got);
  throw error;
}

function refuse(where: string, expected: string, got: string): never {
  const next = "Put the weights beside the graph, or into it";
  throw new ModelError({ code: "M_EXTERNAL", where, expected, got, next });
}
