import type { Socket } from "node:net";
import { indexToLpsOf, type Triple } from "../volume/affine.ts";
import { FormatError } from "../volume/errors.ts";
import type { Limits } from "../volume/limits.ts";
import type { Scan } from "../volume/scan.ts";
import { type Volume, volumeOf, voxelCountOf } from "../volume/volume.ts";
import { type ChannelHeader, type VoxellessScan, voxelArrays } from "./parsing-protocol.ts";

/** Colour with room to spare; more channels than this are not one scan. */
const MOST_CHANNELS = 16;

/**
 * The scan that a child announced, with its voxels taken from the pipe; nothing is believed that was not checked.
 *
 * Errors: FormatError F_CHILD_REPLY when sizes, types or counts cannot be true, GeometryError for a broken matrix
 */
export async function receiveScan(
  { channels: headers, ...rest }: VoxellessScan,
  { voxelPipe, limits }: { readonly voxelPipe: Socket; readonly limits: Limits },
): Promise<Scan> {
  if (headers.length < 1 || headers.length > MOST_CHANNELS) throw replyError(rest.format, `${headers.length} channels`);
  const bytes = headers.reduce((sum, header) => sum + checkedBytesOf(header, rest.format), 0);
  if (bytes > limits.volumeBytes) throw replyError(rest.format, `${bytes} bytes of voxels`);
  const channels = headers.map((header) => emptyChannel(header, rest.format));
  await fillFrom(voxelPipe, channels);
  return { ...rest, channels: channels as unknown as Scan["channels"] };
}

function checkedBytesOf({ voxelType, shape }: ChannelHeader, where: string): number {
  const array = Object.hasOwn(voxelArrays, voxelType) ? voxelArrays[voxelType] : undefined;
  if (array === undefined) throw replyError(where, "an unknown voxel type");
  const isSide = (side: unknown) => Number.isSafeInteger(side) && (side as number) > 0;
  if (!Array.isArray(shape) || shape.length !== 3 || !shape.every(isSide)) throw replyError(where, "a broken shape");
  return voxelCountOf(shape as unknown as Triple) * array.BYTES_PER_ELEMENT;
}

function emptyChannel({ voxelType, shape, rows }: ChannelHeader, where: string): Volume {
  const data = new voxelArrays[voxelType](voxelCountOf(shape));
  return volumeOf(data, { shape, indexToLps: indexToLpsOf(rows, where) }, where);
}

/** Copies what comes through the pipe into one channel after the other, and leaves it quiet for the next scan. */
function fillFrom(voxelPipe: Socket, channels: readonly Volume[]): Promise<void> {
  const targets = channels.map(({ data }) => new Uint8Array(data.buffer));
  let [channel, filled] = [0, 0];
  return new Promise((resolve, reject) => {
    const stop = (settle: () => void) => {
      voxelPipe.off("data", onData);
      voxelPipe.pause();
      settle();
    };
    const onData = (chunk: Uint8Array) => {
      let taken = 0;
      while (taken < chunk.length && channel < targets.length) {
        const count = Math.min(chunk.length - taken, targets[channel].length - filled);
        targets[channel].set(chunk.subarray(taken, taken + count), filled);
        taken += count;
        filled += count;
        if (filled === targets[channel].length) [channel, filled] = [channel + 1, 0];
      }
      if (taken < chunk.length) return stop(() => reject(replyError("voxels", "more than announced")));
      if (channel === targets.length) stop(resolve);
    };
    voxelPipe.on("data", onData);
    voxelPipe.resume();
  });
}

function replyError(where: string, got: string): FormatError {
  return new FormatError({
    code: "F_CHILD_REPLY",
    where,
    expected: "a scan of the announced size from the reading process",
    got,
    next: "The file is damaged or hostile; if other programs open it, please report it",
  });
}
