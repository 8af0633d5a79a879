import { chooseScan } from "../../io/choose-scan.ts";
import { findScans } from "../../io/find-scans.ts";
import { readScan } from "../../io/read-scan.ts";
import { isNamedError } from "../../volume/errors.ts";
import { commonest } from "./commonest.ts";
import type { DatasetChannel } from "./training-dataset.ts";

/** More volumes than this in one file are a time series, not channels. */
const MOST_VOLUMES = 16;

const colours = ["red", "green", "blue"];

/** Cases that are looked at: a few, as the first may be the odd one out. */
const MOST_LOOKED_AT = 5;

/**
 * The channels of images that no list describes: one, the three of a colour picture, or the volumes of a 4-D image.
 *
 * Most of the first few that can be read decide; what is wrong with the others is said when they are examined.
 *
 * Errors: as `readScan`, when none can be read
 */
export async function channelsOfImages(
  images: readonly string[],
  search: { readonly signal: AbortSignal | undefined },
): Promise<readonly DatasetChannel[]> {
  const found: (readonly DatasetChannel[])[] = [];
  let failure: unknown;
  for (const image of images) {
    if (found.length === MOST_LOOKED_AT) break;
    try {
      found.push(await channelsOfImage(image, search));
    } catch (error) {
      if (!isNamedError(error)) throw error;
      failure ??= error;
    }
  }
  const [first, ...others] = found;
  if (first === undefined) throw failure;
  return commonest([first, ...others], ({ length }) => length);
}

async function channelsOfImage(
  image: string,
  { signal }: { readonly signal: AbortSignal | undefined },
): Promise<readonly DatasetChannel[]> {
  const isReadable = async (volumeIndex?: number) =>
    chooseScan(await findScans([image], { signal, volumeIndex }), { input: image }).problem === undefined;
  if (await isReadable()) {
    const { channels, modality } = await readScan(image, { signal });
    const names = channels.length === colours.length ? colours : channels.map((_, n) => channelName(n));
    return names.map((name) => ({ name, ...(modality === undefined ? {} : { modality }) }));
  }
  let volumes = 0;
  while (volumes < MOST_VOLUMES && (await isReadable(volumes))) volumes++;
  return Array.from({ length: Math.max(1, volumes) }, (_, n) => ({ name: channelName(n) }));
}

/** As a channel is called of which nothing is known. */
export function channelName(n: number): string {
  return n === 0 ? "image" : `image ${n + 1}`;
}
