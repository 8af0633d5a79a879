import { writeSync } from "node:fs";
import { basename } from "node:path";
import { isNamedError, type Problem } from "../volume/errors.ts";
import type { Scan } from "../volume/scan.ts";
import { systemCodeOf } from "./environment.ts";
import { formatNamed } from "./formats.ts";
import { type ParsingReply, type ParsingTask, VOXEL_PIPE, type VoxellessScan } from "./parsing-protocol.ts";

/** Bytes handed to the pipe at once; it takes what fits and blocks for the rest. */
const PIPE_CHUNK_BYTES = 2 ** 20;

process.on("message", (task: ParsingTask) => void answer(task));
process.on("disconnect", () => process.exit());

async function answer(task: ParsingTask): Promise<void> {
  try {
    if (task.kind === "list") {
      const listing = await formatNamed(task.format).list(task.files, task.options);
      await send({ kind: "listing", listing });
    } else {
      const scan = await formatNamed(task.found.format).read(task.found, task.options);
      await send({ kind: "scan", scan: withoutVoxels(scan) });
      for (const { data } of scan.channels) pipe(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  } catch (error) {
    await send({ kind: "error", ...recordOf(error, whereOf(task)) });
  }
  setImmediate(() => globalThis.gc?.()); // an idle child holds no volume
}

/** Waits until the message is out: the voxels that follow block this process. */
function send(reply: ParsingReply): Promise<void> {
  return new Promise((resolve) => process.send?.(reply, () => resolve()));
}

function pipe(bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(VOXEL_PIPE, bytes, done, Math.min(PIPE_CHUNK_BYTES, bytes.length - done));
}

function withoutVoxels({ channels, ...rest }: Scan): VoxellessScan {
  return {
    ...rest,
    channels: channels.map(({ data, shape, indexToLps }) => ({
      voxelType: data.constructor.name as VoxellessScan["channels"][number]["voxelType"],
      shape,
      rows: indexToLps.rows,
    })),
  };
}

function whereOf(task: ParsingTask): string {
  const files = task.kind === "list" ? task.files : task.found.files;
  return files[0] ?? task.kind;
}

/** The error as plain data. An error that is not one of ours shows its kind and place only: its text may quote the file. */
function recordOf(error: unknown, where: string): { readonly name: string; readonly problem: Problem } {
  if (isNamedError(error)) return { name: error.name, problem: error.problem };
  const problem = systemProblemOf(error, where) ?? {
    code: isMemoryError(error) ? "F_MEMORY" : "F_PARSER",
    where,
    expected: isMemoryError(error) ? "a file that fits into memory" : "a file that its reader understands",
    got: isMemoryError(error) ? "a request for more than there is" : `${kindOf(error)} inside the reader`,
    next: "The file is probably damaged; if other programs open it, please report it",
  };
  return { name: "FormatError", problem };
}

function systemProblemOf(error: unknown, where: string): Problem | undefined {
  const code = systemCodeOf(error);
  if (code === undefined) return undefined;
  const vanished = code === "ENOENT";
  return {
    code: vanished ? "F_CHANGED" : "F_ACCESS",
    where,
    expected: "a file that can be read to its end",
    got: vanished ? "a file that vanished" : `a system error (${code})`,
    next: vanished ? "Let the copying finish first" : "Check its permissions and the disk",
  };
}

function isMemoryError(error: unknown): boolean {
  return error instanceof RangeError && /allocation failed|array length|memory/i.test(error.message);
}

/** Such as `a TypeError at header.js:12`. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return "an exception";
  const place = /([^/\\]+\.m?js:\d+):\d+\)?$/m.exec(error.stack ?? "")?.[1];
  return `a ${error.name}${place === undefined ? "" : ` at ${basename(place)}`}`;
}
