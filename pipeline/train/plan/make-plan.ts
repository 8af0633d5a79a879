import type { Normalisation } from "../../bundle/manifest-schema.ts";
import { conceptFor } from "../../io/dicom-seg/snomed.ts";
import type { Triple } from "../../volume/affine.ts";
import type { TrainingDataset } from "../dataset/training-dataset.ts";
import { PLAN_VERSION, type TrainingPlan } from "../plan-schema.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { medianOf, targetSpacing } from "./target-spacing.ts";
import { type Topology, topologyFor } from "./topology.ts";

/** What a person may want otherwise than the rules have it. */
export interface PlanOptions {
  /** 3 unless every image is a single slice. */
  readonly dimensions?: 2 | 3;
  /** [D, H, W]; by the rules when left out. */
  readonly spacingMm?: Triple;
  /** Channels of the finest stage; doubled from stage to stage. */
  readonly features?: number;
  /** Voxels that one step may hold at the finest stage, all patches together. */
  readonly voxelsPerStep?: number;
}

/** A step of this many voxels at 16 features takes one to two seconds on two CPU cores. */
const VOXELS_PER_STEP = 360_000;
const FEATURES = 16;
const MOST_FEATURES = { 2: 512, 3: 320 } as const;

/** A CPU gains nothing from more patches per step than this; more steps do more. */
const MOST_PATCHES = 4;

/** No step may see more than this share of all voxels. Source: nnU-Net v2 */
const LARGEST_SHARE = 0.05;

/**
 * A plan by nnU-Net's rules, with patches sized for a CPU.
 *
 * Source: Isensee 2021, doi:10.1038/s41592-020-01008-z; nnU-Net v2, default_experiment_planner.py
 */
export function makePlan(found: Fingerprint, dataset: TrainingDataset, options: PlanOptions = {}): TrainingPlan {
  const { features = FEATURES, voxelsPerStep = VOXELS_PER_STEP } = options;
  const isFlat = found.cases.every(({ shape }) => shape[0] === 1);
  const dimensions = options.dimensions ?? (isFlat ? 2 : 3);
  const fingerprint = dimensions === 2 && !isFlat ? coarsestFirst(found) : found;
  const { cases, orientation } = fingerprint;
  const spacingMm = options.spacingMm ?? targetSpacing(cases);
  const resized = cases.map(({ shape, spacingMm: own }) =>
    shape.map((side, axis) => Math.round((side * own[axis]) / spacingMm[axis])),
  );
  const median = [0, 1, 2].map((axis) => Math.round(medianOf(resized.map((shape) => shape[axis]))));
  const { topology, batch } = sized({ median, spacingMm, dimensions, voxelsPerStep, resized });
  return {
    schema: `rarevox-plan/${PLAN_VERSION}`,
    dataset: dataset.name,
    dimensions,
    modalities: modalitiesOf(dataset),
    input: { channels: channelsOf(fingerprint, dataset) },
    orientation: orientation as TrainingPlan["orientation"],
    spacingMm,
    interpolation: "anisotropic",
    patch: topology.patch,
    batch,
    stages: topology.strides.map((stride, level) => ({
      features: Math.min(MOST_FEATURES[dimensions], features * 2 ** level),
      kernel: topology.kernels[level],
      stride,
      blocks: 2,
    })),
    mirrorAxes: dimensions === 2 ? [1, 2] : [0, 1, 2],
    classes: dataset.classes.map((each) => ({ ...conceptFor(each.name), ...each })),
    ...(dataset.regions === undefined ? {} : { regions: dataset.regions.map((each) => ({ ...each })) }),
    ...(dataset.ignoreLabel === undefined ? {} : { ignoreLabel: dataset.ignoreLabel }),
    classFrequencies: frequenciesOf(fingerprint, dataset),
  };
}

/** Axes in such an order that slices are taken across the coarsest one, as nnU-Net takes them. */
function coarsestFirst({ orientation, cases, intensities }: Fingerprint): Fingerprint {
  const spacing = targetSpacing(cases);
  const coarsest = spacing.indexOf(Math.max(...spacing));
  const [h, w] = [0, 1, 2].filter((axis) => axis !== coarsest);
  const ordered = (triple: Triple): Triple => [triple[coarsest], triple[h], triple[w]];
  return {
    orientation: [coarsest, h, w].map((axis) => orientation[axis]).join(""),
    cases: cases.map((each) => ({ ...each, shape: ordered(each.shape), spacingMm: ordered(each.spacingMm) })),
    intensities,
  };
}

interface SizeTask {
  /** [D, H, W] of the median case at the target spacing. */
  readonly median: readonly number[];
  readonly spacingMm: Triple;
  readonly dimensions: 2 | 3;
  readonly voxelsPerStep: number;
  readonly resized: readonly (readonly number[])[];
}

/** The largest patch that fits twice into a step, cut from the side that covers most of its axis first. */
function sized({ median, spacingMm, dimensions, voxelsPerStep, resized }: SizeTask) {
  const whole: Triple = [dimensions === 2 ? 1 : median[0], median[1], median[2]];
  const budget = voxelsPerStep / 2;
  let topology = topologyFor(startingPatch(whole, spacingMm, budget), spacingMm);
  while (voxelsOf(topology.patch) > budget) {
    const smaller = smallerPatch(topology, whole);
    if (smaller === undefined) break;
    topology = topologyFor(smaller, spacingMm);
  }
  const share = (LARGEST_SHARE * resized.reduce((sum, shape) => sum + voxelsOf(shape), 0)) / voxelsOf(topology.patch);
  const most = dimensions === 2 ? 4 * MOST_PATCHES : MOST_PATCHES;
  const fits = Math.min(Math.floor(voxelsPerStep / voxelsOf(topology.patch)), Math.floor(share), most);
  return { topology, batch: Math.max(2, fits) };
}

/** A cube in millimetres, four times as many voxels as will fit, or the whole median case where that is smaller. */
function startingPatch(whole: Triple, spacingMm: Triple, budget: number): Triple {
  const axes = [0, 1, 2].filter((axis) => whole[axis] > 1);
  const mean = axes.reduce((product, axis) => product * spacingMm[axis], 1) ** (1 / axes.length);
  const side = (4 * budget) ** (1 / axes.length);
  const patch = whole.map((most, axis) => Math.min(most, Math.max(1, Math.round((side * mean) / spacingMm[axis]))));
  return [patch[0], patch[1], patch[2]];
}

function smallerPatch({ patch, step }: Topology, whole: Triple): Triple | undefined {
  const [axis] = [0, 1, 2]
    .filter((each) => patch[each] > step[each])
    .sort((first, second) => patch[second] / whole[second] - patch[first] / whole[first]);
  if (axis === undefined) return undefined;
  const smaller = patch.with(axis, patch[axis] - step[axis]);
  return [smaller[0], smaller[1], smaller[2]];
}

function voxelsOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** Without a word on it, `OT` (other): a DICOM scan of a known modality is then refused unless the user insists. */
function modalitiesOf({ channels }: TrainingDataset): readonly string[] {
  const known = channels.flatMap(({ modality }) => modality ?? []);
  return known.length === 0 ? ["OT"] : [...new Set(known)];
}

/** Where less of an image than this is left after its empty borders, only what is not 0 is counted. Source: nnU-Net v2 */
const MOSTLY_EMPTY = 0.75;

function channelsOf({ intensities, cases }: Fingerprint, { channels }: TrainingDataset) {
  const isEmpty = medianOf(cases.map(({ nonZeroBox }) => nonZeroBox)) < MOSTLY_EMPTY;
  return channels.map(({ name, modality }, c) => {
    const { mean, std, percentile00_5: lower, percentile99_5: upper } = intensities[c];
    const normalisation: Normalisation =
      modality === "CT"
        ? { kind: "window", lower, upper, mean, std: std || 1 }
        : { kind: "z-score", over: isEmpty ? "non-zero" : "volume" };
    return { name, normalisation };
  });
}

/** Shares of the volume of all cases, each counted by its size in millimetres. */
function frequenciesOf({ cases }: Fingerprint, { classes }: TrainingDataset): TrainingPlan["classFrequencies"] {
  const volumes = new Map<number, number>();
  const holders = new Map<number, number>();
  let total = 0;
  for (const { spacingMm, voxels } of cases)
    for (const [id, count] of voxels) {
      const volume = count * voxelsOf(spacingMm);
      total += volume;
      volumes.set(id, (volumes.get(id) ?? 0) + volume);
      holders.set(id, (holders.get(id) ?? 0) + 1);
    }
  return [0, ...classes.map(({ id }) => id)].map((id) => ({
    id,
    frequency: (volumes.get(id) ?? 0) / total,
    cases: holders.get(id) ?? 0,
  }));
}
