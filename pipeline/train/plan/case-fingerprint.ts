import { createHash } from "node:crypto";
import { spacingMmOf, type Triple } from "../../volume/affine.ts";
import { axisMovesBetween, orientationOf } from "../../volume/orientation.ts";
import type { Warning } from "../../volume/scan.ts";
import type { LabelArray, Volume, VoxelArray } from "../../volume/volume.ts";
import { labelsOf } from "../dataset/labels-of.ts";
import { loadCase } from "../dataset/load-case.ts";
import type { TrainingCase, TrainingDataset } from "../dataset/training-dataset.ts";

/** What of one case a plan is made from. */
export interface CaseFingerprint {
  readonly id: string;
  /** Whose case it is, where the data set says so. */
  readonly patient?: string;
  /** SHA-256 of the image's voxels, of all channels; equal for equal images, whatever file they are in. */
  readonly imageHash: string;
  /** The same of its labels. */
  readonly labelHash: string;
  readonly shape: Triple;
  readonly spacingMm: Triple;
  /** Label values and how many voxels have each, in the order of the values. */
  readonly voxels: readonly (readonly [label: number, count: number])[];
  /** Share of the volume that lies in the smallest box around all voxels that are not 0 in every channel. */
  readonly nonZeroBox: number;
}

/** A case that was read, without its volumes. */
export interface MeasuredCase {
  readonly orientation: string;
  readonly turnedTo: (code: string) => CaseFingerprint;
  /** Foreground intensities by channel; empty where there is no foreground. */
  readonly samples: readonly Float32Array[];
  /** Of reading its files. */
  readonly read: readonly Warning[];
  readonly warnings: readonly Warning[];
}

/** How a case is measured. */
export interface MeasureOptions {
  readonly dataset: TrainingDataset;
  /** Intensities that each case gives, so that all weigh the same; where it has fewer, some are given more than once. */
  readonly samplesPerCase: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads a case, measures it and lets go of its volumes.
 *
 * Errors: as `loadCase` and `labelsOf`
 * Source: nnU-Net v2, DatasetFingerprintExtractor.analyze_case; evenly spaced voxels in the place of random ones
 */
export async function measuredCase(
  trainingCase: TrainingCase,
  { dataset, samplesPerCase, signal }: MeasureOptions,
): Promise<MeasuredCase> {
  const loaded = await loadCase(dataset, trainingCase, { signal });
  const { id, channels } = loaded;
  const labels = labelsOf(loaded);
  const { data } = labels;
  const [{ shape, indexToLps }] = channels;
  const voxels = countsOf(data);
  const nonZeroBox = nonZeroBoxOf(channels);
  const hashes = { imageHash: hashOf(channels), labelHash: hashOf([labels]) };
  const { patient } = trainingCase;
  const orientation = orientationOf(indexToLps);
  const spacingMm = spacingMmOf(indexToLps);
  const chosen = foregroundOf(data, { ignoreLabel: dataset.ignoreLabel, count: samplesPerCase });
  return {
    read: loaded.warnings,
    warnings: chosen.length === 0 ? [{ code: "T_EMPTY", where: id, text: "no voxel of any class" }] : [],
    orientation,
    turnedTo: (code) => {
      const [d, h, w] = axisMovesBetween(orientation, code).sourceAxis;
      const inOrder = (triple: Triple): Triple => [triple[d], triple[h], triple[w]];
      const own = { id, ...(patient === undefined ? {} : { patient }), ...hashes, voxels, nonZeroBox };
      return { ...own, shape: inOrder(shape), spacingMm: inOrder(spacingMm) };
    },
    samples: channels.map((channel: Volume) => picked(channel.data, chosen)),
  };
}

function countsOf(labels: LabelArray): CaseFingerprint["voxels"] {
  const counts = new Map<number, number>();
  for (const id of labels) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort(([first], [second]) => first - second);
}

function hashOf(channels: readonly Pick<Volume, "shape" | "data">[]): string {
  const hash = createHash("sha256");
  for (const { shape, data } of channels) {
    hash.update(`${data.constructor.name} ${shape};`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

function nonZeroBoxOf(channels: readonly Volume[]): number {
  const [{ shape }] = channels;
  const [, height, width] = shape;
  const low = [...shape];
  const high = [-1, -1, -1];
  const [{ data: values }] = channels;
  for (let i = 0; i < values.length; i++) {
    if (channels.every(({ data }) => data[i] === 0)) continue;
    const index = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis], index[axis]);
      high[axis] = Math.max(high[axis], index[axis]);
    }
  }
  return shape.reduce((share, side, axis) => (share * Math.max(0, high[axis] - low[axis] + 1)) / side, 1);
}

/** Indices of so many foreground voxels, evenly spaced in their order; none where there is no foreground. */
function foregroundOf(
  labels: LabelArray,
  { ignoreLabel, count }: { readonly ignoreLabel: number | undefined; readonly count: number },
): Uint32Array {
  const isForeground = (label: number) => label !== 0 && label !== ignoreLabel;
  let all = 0;
  for (const label of labels) if (isForeground(label)) all++;
  const chosen = new Uint32Array(all === 0 ? 0 : count);
  const rankOf = (n: number) => Math.floor(((n + 0.5) * all) / count);
  let rank = 0;
  let n = 0;
  for (let i = 0; n < chosen.length; i++) {
    if (!isForeground(labels[i])) continue;
    while (n < chosen.length && rankOf(n) === rank) chosen[n++] = i;
    rank++;
  }
  return chosen;
}

function picked(values: VoxelArray, indices: Uint32Array): Float32Array {
  return Float32Array.from(indices, (i) => values[i]);
}
