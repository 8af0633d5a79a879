import { findScans } from "../../io/find-scans.ts";
import { openNpz } from "../../io/npz/open-npz.ts";
import { readScan } from "../../io/read-scan.ts";
import { caseIdOf } from "../../io/volume-names.ts";
import { FormatError } from "../../volume/errors.ts";
import { type Grid, type Volume, volumeOf, voxelCountOf } from "../../volume/volume.ts";
import type { EvaluatedClass } from "../evaluated-classes.ts";
import { comparableName } from "../read-labels.ts";
import { type ChannelMeaning, channelMeanings } from "./channel-meanings.ts";
import type { ProbabilityFiles } from "./find-probabilities.ts";

/** A channel of probabilities, and what it means. */
export interface ProbabilityChannel extends ChannelMeaning {
  readonly volume: Volume<Float32Array>;
  readonly where: string;
}

/** What is to be read. */
export interface ReadChannelsRequest {
  readonly classes: readonly EvaluatedClass[];
  /** Where the prediction has its voxels; archives do not say. */
  readonly grid: Grid;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The probabilities of a case, one channel after the other; only one is in memory.
 *
 * Shape:  [C, D, H, W] in an archive, on the prediction's own voxels; images say themselves where they lie
 * Errors: FormatError E_PROBABILITIES, Z_NPZ, Z_ARRAY; as `readScan`
 */
export function readChannels(
  files: ProbabilityFiles,
  request: ReadChannelsRequest,
): AsyncGenerator<ProbabilityChannel> {
  if (files.kind === "npz") return npzChannels(files.path, request);
  return files.kind === "volumes" ? volumeChannels(files.path, request) : classChannels(files.paths, request);
}

/** nnU-Net's name of the array, and that of its first version. */
const ARRAYS = ["probabilities", "softmax"];

async function* npzChannels(path: string, { classes, grid }: ReadChannelsRequest): AsyncGenerator<ProbabilityChannel> {
  const array = await openNpz(path, ARRAYS);
  try {
    const [channels, ...sides] = array.shape;
    if (String(sides) !== String(grid.shape)) throw shapeError(path, { sides, grid });
    for (const meaning of channelMeanings(channels, { classes, where: path })) {
      const volume = volumeOf(new Float32Array(voxelCountOf(grid.shape)), grid);
      await array.readInto(volume.data);
      yield { ...meaning, volume, where: path };
    }
  } finally {
    array.close();
  }
}

async function* volumeChannels(
  path: string,
  { classes, signal }: ReadChannelsRequest,
): AsyncGenerator<ProbabilityChannel> {
  const labels = new Set(classes.flatMap(({ id, labels }) => labels ?? [id])).size;
  const hasRegions = classes.some((each) => each.labels !== undefined);
  let count = hasRegions ? classes.length : labels;
  // One volume more than there are labels is the background's.
  if (await hasVolume(path, count, signal)) count++;
  for (const [volumeIndex, meaning] of channelMeanings(count, { classes, where: path }).entries())
    yield { ...meaning, volume: await floatVolume(path, { volumeIndex, signal }), where: path };
}

/** Whether a file has a volume of an index, by its header. */
async function hasVolume(path: string, volumeIndex: number, signal: AbortSignal | undefined): Promise<boolean> {
  const { scans } = await findScans([path], { volumeIndex, signal });
  return scans.length === 1 && scans[0].problem === undefined;
}

async function* classChannels(
  paths: readonly string[],
  { classes, signal }: ReadChannelsRequest,
): AsyncGenerator<ProbabilityChannel> {
  const idOfName = new Map(classes.map(({ id, name }) => [comparableName(name), id]));
  for (const path of paths) {
    const id = idOfName.get(comparableName(caseIdOf(path)));
    if (id !== undefined) yield { whole: [id], parts: [], volume: await floatVolume(path, { signal }), where: path };
  }
}

async function floatVolume(
  path: string,
  options: { readonly volumeIndex?: number; readonly signal: AbortSignal | undefined },
): Promise<Volume<Float32Array>> {
  const { channels } = await readScan(path, options);
  const [{ data }] = channels;
  return { ...channels[0], data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

function shapeError(where: string, { sides, grid }: { readonly sides: readonly number[]; readonly grid: Grid }) {
  return new FormatError({
    code: "E_PROBABILITIES",
    where,
    expected: `channels of [${grid.shape}], as the prediction has`,
    got: `[${sides}]`,
    next: "Save probabilities on the voxels of the image, as nnU-Net's predict --save_probabilities does",
  });
}
