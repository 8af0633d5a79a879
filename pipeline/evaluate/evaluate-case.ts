import { spacingMmOf, voxelVolumeMm3Of } from "../volume/affine.ts";
import { ShapeError } from "../volume/errors.ts";
import { assertSameGrid, type Grid, type LabelMap } from "../volume/volume.ts";
import { type ClassOverlap, classOverlaps, nowhere } from "./class-overlaps.ts";
import { countedLabels } from "./counted-labels.ts";
import { type EmptyRule, valueByRule } from "./empty-rule.ts";
import { type GatheredFacts, gatherFacts } from "./gather-facts.ts";
import { calibrationOf } from "./metrics/calibration.ts";
import type { Calibration, ClassFacts, VoxelCounts } from "./metrics/facts.ts";
import { defaultMetricNames, metricsNamed } from "./metrics/index.ts";
import type { Metric } from "./metrics/metric.ts";
import { type PrevalenceRegion, prevalencesOf } from "./prevalence.ts";
import type { SurfaceDistances } from "./surface/surface-distances.ts";

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
 * Errors: GeometryError when the grids differ; ConfigError E_METRIC; ShapeError E_SIDE, E_PROBABILITIES; the signal's
 *         reason
 */
export async function evaluateCase(pair: EvaluatedPair, options: EvaluateOptions): Promise<readonly ClassScores[]> {
  const { prediction, reference } = pair;
  assertSameGrid("evaluate", { found: prediction, wanted: reference });
  const chosen = metricsNamed(options.metrics ?? defaultMetricNames, "metrics");
  const needs = new Set(chosen.map((metric) => metric.needs));
  const whole = { prediction: prediction.data, reference: reference.data, shape: reference.shape };
  const labels = countedLabels(whole, options.ignoreLabel);
  const overlaps = classOverlaps(labels);
  const present = options.classes.flatMap(({ id }) => {
    const overlap = overlaps.get(id);
    return overlap === undefined ? [] : [{ classId: id, box: overlap.box }];
  });
  const gathered = await gatherFacts(labels, {
    classes: present,
    needs,
    spacingMm: spacingMmOf(reference.indexToLps),
    signal: options.signal,
  });
  const prevalences = prevalencesOf(labels, { region: options.region ?? { kind: "whole" }, grid: reference });
  return options.classes.map(({ id, name }) => {
    const overlap = overlaps.get(id) ?? nowhere;
    const facts: ClassFacts = {
      counts: voxelCounts(overlap, labels.voxels),
      voxelMl: voxelVolumeMm3Of(reference.indexToLps) / 1000,
      toleranceMm: options.toleranceMm?.(id) ?? DEFAULT_TOLERANCE_MM,
      prevalence: prevalences.get(id) ?? Number.NaN,
      surface: surfaceIn(gathered.get(id)),
      lesions: gathered.get(id)?.lesions,
      topology: gathered.get(id)?.topology,
      calibration: needs.has("probabilities") ? calibrationIn(pair, id) : undefined,
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

function surfaceIn({ fromPrediction, fromReference }: GatheredFacts = {}): SurfaceDistances | undefined {
  return fromPrediction && fromReference ? { fromPrediction, fromReference } : undefined;
}

function calibrationIn({ probabilities, reference }: EvaluatedPair, id: number): Calibration | undefined {
  const ofClass = probabilities?.(id);
  if (ofClass === undefined) return undefined;
  if (ofClass.length === reference.data.length) return calibrationOf(ofClass, reference.data, id);
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
      return [metric.key, Number.isNaN(value) ? valueByRule(rule, metric, presence) : value];
    }),
  );
}

/** Distance between the centres of opposite corner voxels. */
function diagonalMmOf({ shape, indexToLps }: Grid): number {
  const spacing = spacingMmOf(indexToLps);
  return Math.hypot(...shape.map((side, axis) => (side - 1) * spacing[axis]));
}
