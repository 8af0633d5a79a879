import { ConfigError } from "../volume/errors.ts";
import { labelMapOf } from "../volume/label-map.ts";
import type { Scan } from "../volume/scan.ts";
import type { Volume } from "../volume/volume.ts";
import type { StoredType } from "./stored-voxels.ts";

/** The one volume of a scan as a file of one channel holds it. */
export interface WrittenVoxels {
  /** Class ids in their smallest type where the scan has classes. */
  readonly volume: Volume;
  readonly type: StoredType;
  readonly isLabelMap: boolean;
  /** The same memory as the voxels, in this machine's byte order. */
  readonly bytes: Uint8Array;
}

const storedTypes = {
  Uint8Array: "uint8",
  Int16Array: "int16",
  Uint16Array: "uint16",
  Float32Array: "float32",
} as const satisfies Record<string, StoredType>;

/**
 * The voxels to write: an image in its own type, a scan with classes as class ids.
 *
 * Errors: ConfigError W_CHANNELS for more than one channel; FormatError L_RANGE, L_NOT_INTEGER for what are no classes
 */
export function writtenVoxelsOf(scan: Scan, where: string): WrittenVoxels {
  const only = onlyChannelOf(scan, where);
  const isLabelMap = scan.classes !== undefined;
  const volume = isLabelMap ? labelMapOf(only, where) : only;
  const { data } = volume;
  return {
    volume,
    type: storedTypes[data.constructor.name as keyof typeof storedTypes],
    isLabelMap,
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

/**
 * The channel of a scan that has one.
 *
 * Errors: ConfigError W_CHANNELS
 */
export function onlyChannelOf({ channels }: Scan, where: string): Volume {
  if (channels.length === 1) return channels[0];
  throw new ConfigError({
    code: "W_CHANNELS",
    where,
    expected: "a scan of one channel",
    got: `${channels.length} channels`,
    next: "Write one file per channel",
  });
}
