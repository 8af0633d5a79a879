import type { Connectivity } from "../kernels/runs.ts";
import { spacingMmOf, voxelVolumeMm3Of } from "../volume/affine.ts";
import { ConfigError, ShapeError } from "../volume/errors.ts";
import { assertSameGrid, type Grid, type LabelMap } from "../volume/volume.ts";
import { type ClassOverlap, classOverlaps, nowhere } from "./class-overlaps.ts";
import { compareLesions } from "./compare-lesions.ts";
import { countedLabels } from "./counted-labels.ts";
import { type EmptyRule, valueByRule } from "./empty-rule.ts";
import { gatherFacts } from "./gather-facts.ts";
import { labelRunsOf } from "./label-runs.ts";
import { calibrationOf } from "./metrics/calibration.ts";
import { type Calibration, type ClassFacts, noLesions, noTopology, type VoxelCounts } from "./metrics/facts.ts";
import { defaultMetricNames, metricsNamed } from "./metrics/index.ts";
import type { Metric } from "./metrics/metric.ts";
import { type PrevalenceRegion, prevalencesOf } from "./prevalence.ts";

/** What to measure, and by which rules. */
export interface EvaluateOptions {
  readonly classes: readonly { readonly id: number; readonly name: string }[];
  /** Keys as `metricNames` lists; `defaultMetricNames` when left out. */
  readonly metrics?: readonly string[];
  /** Surface distance that does not count, per class; 1 mm when left out. */
  readonly toleranceMm?: (classId: number) => number;
  /** Default `nan`. */
  readonly emptyRule?: EmptyRule;
  /** Default the whole field. */
  readonly region?: PrevalenceRegion;
  /** Which voxels make up one lesion; default 26. */
  readonly lesionConnectivity?: Connectivity;
  /** Voxels that the reference marks so do not count. */
  readonly ignoreLabel?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Surface distance that does not count where nobody says another. */
export const DEFAULT_TOLERANCE_MM = 1;

/** A prediction and what it is held against. */
export interface EvaluatedPair {
  readonly prediction: LabelMap;
  readonly reference: LabelMap;
  /** Of a class by id, [D, H, W] on the same grid; needed by calibration metrics only. */
  readonly probabilities?: ((classId: number) => Float32Array | undefined) | undefined;
  /** Of a class by id, already compared with the reference: in place of probabilities that do not fit into memory. */
  readonly calibrations?: ReadonlyMap<number, Calibration> | undefined;
}

/** All metrics of one class in one case. */
export interface ClassScores {
  readonly id: number;
  readonly name: string;
  /** Voxels of the class. */
  readonly prediction: number;
  readonly reference: number;
  readonly both: number;
  /** By metric; NaN where one is not defined and the rule leaves it out. */
  readonly values: Readonly<Record<string, number>>;
}

/**
 * Measures how well a prediction agrees with a reference, class by class.
 *
 * Shape:  label maps [D, H, W] on one grid
 * Empty:  as the empty rule says
 * Errors: GeometryError when the grids differ; ConfigError E_METRIC, E_TOLERANCE; ShapeError E_SIDE, E_PROBABILITIES,
 *         E_REGION; the signal's reason
 */
export async function evaluateCase(pair: EvaluatedPair, options: EvaluateOptions): Promise<readonly ClassScores[]> {
  options.signal?.throwIfAborted();
  const { reference } = pair;
  const { shape, indexToLps } = reference;
  assertSameGrid("evaluate", { found: pair.prediction, wanted: reference });
  const chosen = metricsNamed(options.metrics ?? defaultMetricNames, "metrics");
  const needs = new Set(chosen.map((metric) => metric.needs));
  const labels = countedLabels({ prediction: pair.prediction.data, reference: reference.data }, options.ignoreLabel);
  const runs = {
    prediction: labelRunsOf(labels.prediction, shape),
    reference: labelRunsOf(labels.reference, shape),
    shape,
  };
  const overlaps = classOverlaps(runs);
  const lesions = needs.has("lesions") ? compareLesions(runs, options.lesionConnectivity ?? 26) : undefined;
  const gathered = await gatherFacts(runs, {
    classes: options.classes.flatMap(({ id }) => (overlaps.has(id) ? [id] : [])),
    needs,
    spacingMm: spacingMmOf(indexToLps),
    signal: options.signal,
  });
  options.signal?.throwIfAborted();
  const sources = { overlaps, reference: runs.reference, grid: reference, ignored: labels.ignored };
  const prevalences = prevalencesOf(sources, options.region ?? { kind: "whole" });
  return options.classes.map(({ id, name }) => {
    const overlap = overlaps.get(id) ?? nowhere;
    const own = gathered.get(id) ?? {};
    const facts: ClassFacts = {
      counts: voxelCounts(overlap, labels.voxels),
      voxelMl: voxelVolumeMm3Of(indexToLps) / 1000,
      toleranceMm: toleranceOf(id, options),
      prevalence: prevalences.get(id) ?? Number.NaN,
      surface: own,
      lesions: lesions?.get(id) ?? noLesions,
      topology: own.topology ?? noTopology,
      calibration: needs.has("probabilities") ? calibrationIn(pair, { id, ignored: labels.ignored }) : undefined,
    };
    const values = valuesOf(facts, chosen, { overlap, reference, rule: options.emptyRule ?? "nan" });
    return { id, name, prediction: overlap.prediction, reference: overlap.reference, both: overlap.both, values };
  });
}

function voxelCounts({ prediction, reference, both }: ClassOverlap, voxels: number): VoxelCounts {
  return {
    truePositives: both,
    falsePositives: prediction - both,
    falseNegatives: reference - both,
    trueNegatives: voxels - prediction - reference + both,
  };
}

function toleranceOf(id: number, { toleranceMm, classes }: EvaluateOptions): number {
  const tolerance = toleranceMm?.(id) ?? DEFAULT_TOLERANCE_MM;
  if (tolerance >= 0 && tolerance < Infinity) return tolerance;
  throw new ConfigError({
    code: "E_TOLERANCE",
    where: `tolerance of ${classes.find((each) => each.id === id)?.name}`,
    expected: "a distance of 0 mm or more",
    got: `${tolerance}`,
    next: "State how many mm of distance between surfaces do not count",
  });
}

function calibrationIn(
  { probabilities, calibrations, reference }: EvaluatedPair,
  { id, ignored }: { readonly id: number; readonly ignored: Uint8Array | undefined },
): Calibration | undefined {
  const done = calibrations?.get(id);
  if (done !== undefined) return done;
  const ofClass = probabilities?.(id);
  if (ofClass === undefined) return undefined;
  if (ofClass.length === reference.data.length)
    return calibrationOf(ofClass, { reference: reference.data, classId: id, ignored });
  throw new ShapeError({
    code: "E_PROBABILITIES",
    where: "probabilities",
    expected: `${reference.data.length} voxels, as the reference has`,
    got: `${ofClass.length}`,
    next: "Pass probabilities on the reference's grid",
  });
}

function valuesOf(
  facts: ClassFacts,
  chosen: readonly Metric[],
  { overlap, reference, rule }: { readonly overlap: ClassOverlap; readonly reference: Grid; readonly rule: EmptyRule },
): Readonly<Record<string, number>> {
  const presence = {
    inPrediction: overlap.prediction > 0,
    inReference: overlap.reference > 0,
    diagonalMm: diagonalMmOf(reference),
  };
  return Object.fromEntries(
    chosen.map((metric) => {
      const value = metric.value(facts);
      const isMeasured = metric.needs !== "probabilities" || facts.calibration !== undefined;
      return [metric.key, Number.isNaN(value) && isMeasured ? valueByRule(rule, metric, presence) : value];
    }),
  );
}

/** Distance between the centres of opposite corner voxels. */
function diagonalMmOf({ shape, indexToLps }: Grid): number {
  const spacing = spacingMmOf(indexToLps);
  return Math.hypot(...shape.map((side, axis) => (side - 1) * spacing[axis]));
}
