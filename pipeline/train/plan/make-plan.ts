import { type NetworkSettings, networkSides } from "../../../models/architectures/index.ts";
import type { Normalisation } from "../../bundle/manifest-schema.ts";
import { conceptFor } from "../../io/dicom-seg/snomed.ts";
import type { Triple } from "../../volume/affine.ts";
import { FormatError } from "../../volume/errors.ts";
import type { TrainingDataset } from "../dataset/training-dataset.ts";
import { PLAN_VERSION, type TrainingPlan } from "../plan-schema.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { patchAndBatch } from "./patch-size.ts";
import type { PlanOptions } from "./plan-options.ts";
import { medianOf, targetSpacing } from "./target-spacing.ts";
import { tripleOf } from "./topology.ts";

/** A step of this many voxels at 16 features takes one to two seconds on two CPU cores. */
const VOXELS_PER_STEP = 360_000;
const FEATURES = 16;
const MOST_FEATURES = { 2: 512, 3: 320 } as const;

/**
 * A plan by nnU-Net's rules, with patches sized for a CPU and of the sides nearest to them that the network takes.
 *
 * Empty:  FormatError T_NO_CASES without a case that can be used
 * Source: Isensee 2021, doi:10.1038/s41592-020-01008-z; nnU-Net v2, default_experiment_planner.py
 */
export function makePlan(
  found: Fingerprint,
  dataset: TrainingDataset,
  options: PlanOptions & { readonly network?: NetworkSettings } = {},
): TrainingPlan {
  if (found.cases.length === 0) throw noCasesError(dataset);
  const { features = FEATURES, voxelsPerStep = VOXELS_PER_STEP, network } = options;
  const isFlat = found.cases.every(({ shape }) => shape[0] === 1);
  const dimensions = options.dimensions ?? (isFlat ? 2 : 3);
  const fingerprint = dimensions === 2 && !isFlat ? coarsestFirst(found) : found;
  const { cases, orientation } = fingerprint;
  const spacingMm = options.spacingMm ?? targetSpacing(cases);
  const shapes = cases.map(({ shape, spacingMm: own }) =>
    tripleOf(shape.map((side, axis) => Math.max(1, Math.round((side * own[axis]) / spacingMm[axis])))),
  );
  const fitSides = network && ((sides: readonly number[]) => networkSides(network, sides));
  const { topology, batch } = patchAndBatch({ shapes, spacingMm, dimensions, voxelsPerStep, fitSides });
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
export function coarsestFirst({ orientation, cases, intensities }: Fingerprint): Fingerprint {
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

/** Shares of the volume, in millimetres, that somebody looked at in all cases. */
function frequenciesOf(
  { cases }: Fingerprint,
  { classes, ignoreLabel }: TrainingDataset,
): TrainingPlan["classFrequencies"] {
  const volumes = new Map<number, number>();
  const holders = new Map<number, number>();
  let total = 0;
  for (const { spacingMm, voxels } of cases)
    for (const [id, count] of voxels) {
      if (id === ignoreLabel) continue;
      const volume = count * volumeOf(spacingMm);
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

function volumeOf([d, h, w]: Triple): number {
  return d * h * w;
}

function noCasesError({ path }: TrainingDataset): FormatError {
  return new FormatError({
    code: "T_NO_CASES",
    where: path,
    expected: "a training case that can be used",
    got: "none",
    next: "Repair its cases first",
  });
}
