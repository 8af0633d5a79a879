import { chooseScan } from "../../io/choose-scan.ts";
import { findScans } from "../../io/find-scans.ts";
import { readScan } from "../../io/read-scan.ts";
import type { DatasetChannel } from "./training-dataset.ts";

/** More volumes than this in one file are a time series, not channels. */
const MOST_VOLUMES = 16;

const colours = ["red", "green", "blue"];

/**
 * The channels of an image that no list describes: one, the three of a colour picture, or the volumes of a 4-D image.
 *
 * Errors: as `readScan`
 */
export async function channelsOfImage(
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
