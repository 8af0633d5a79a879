import { chooseScan } from "../../io/choose-scan.ts";
import { findScans } from "../../io/find-scans.ts";
import { readScan } from "../../io/read-scan.ts";
import { ontoGrid } from "../../kernels/onto-grid.ts";
import { FormatError } from "../../volume/errors.ts";
import type { Scan, Warning } from "../../volume/scan.ts";
import type { Volume } from "../../volume/volume.ts";
import type { TrainingDataset } from "./training-dataset.ts";

/** A case's images in memory. */
export interface LoadedChannels {
  /** On the first one's grid. */
  readonly channels: readonly [Volume, ...Volume[]];
  readonly warnings: readonly Warning[];
}

interface ChannelTask {
  readonly dataset: Pick<TrainingDataset, "channels">;
  readonly signal: AbortSignal | undefined;
}

/**
 * The channels of a case: a file each, or one file of all, be it a colour picture or a 4-D image.
 *
 * Errors: FormatError T_CHANNELS; GeometryError G_GRID when one lies elsewhere than the first; as `readScan`
 */
export async function loadChannels(images: readonly string[], task: ChannelTask): Promise<LoadedChannels> {
  const { channels: wanted } = task.dataset;
  const scans: { readonly where: string; readonly scan: Scan }[] = [];
  for (const where of images)
    for (const scan of await scansAt(where, images.length === 1 ? wanted.length : 1, task)) scans.push({ where, scan });
  const [first, ...others] = scans.flatMap(({ where, scan }) => scan.channels.map((volume) => ({ where, volume })));
  if (1 + others.length !== wanted.length)
    throw channelsError(images[0], { wanted, got: `${1 + others.length} in ${images.length} files` });
  return {
    channels: [first.volume, ...others.map(({ where, volume }) => ontoGrid(volume, first.volume, where))],
    warnings: scans.flatMap(({ scan }) => scan.warnings),
  };
}

/** One scan, or all volumes of a 4-D image that has as many as there are channels. */
async function scansAt(image: string, count: number, { dataset, signal }: ChannelTask): Promise<readonly Scan[]> {
  if (count === 1 || (await isReadable(image, { signal }))) return [await readScan(image, { signal })];
  if (await isReadable(image, { signal, volumeIndex: count }))
    throw channelsError(image, { wanted: dataset.channels, got: `more than ${count} volumes` });
  return Promise.all(Array.from({ length: count }, (_, volumeIndex) => readScan(image, { signal, volumeIndex })));
}

/** Whether a path's headers promise a scan, or a volume of that number. */
async function isReadable(image: string, options: Parameters<typeof findScans>[1]): Promise<boolean> {
  return chooseScan(await findScans([image], options), { input: image }).problem === undefined;
}

function channelsError(
  where: string,
  { wanted, got }: { readonly wanted: TrainingDataset["channels"]; readonly got: string },
): FormatError {
  return new FormatError({
    code: "T_CHANNELS",
    where,
    expected: `${wanted.length} channels (${wanted.map(({ name }) => name).join(", ")})`,
    got,
    next: "Correct the data set's list of channels, or train without the case",
  });
}
