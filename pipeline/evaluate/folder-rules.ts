import { basename } from "node:path";
import type { Connectivity } from "../kernels/runs.ts";
import { ConfigError } from "../volume/errors.ts";
import type { CaseGroups } from "./case-groups.ts";
import type { EmptyRule } from "./empty-rule.ts";
import { DEFAULT_TOLERANCE_MM } from "./evaluate-case.ts";
import type { EvaluationRules } from "./evaluation.ts";
import type { FoundClasses } from "./find-classes.ts";
import { defaultMetricNames, metricsNamed } from "./metrics/index.ts";
import type { Metric } from "./metrics/metric.ts";
import type { RegionChoice } from "./region-choice.ts";
import { tailsOf } from "./statistics/level.ts";

/** What is measured, by which rules, and what is made of it. All that is left out has a default. */
export interface EvaluateFoldersOptions {
  /** JSON file that lists the classes; else `dataset.json` in or beside the references, else the labels found there. */
  readonly classes?: string | undefined;
  /** Names of metrics or families; `defaultMetricNames` unless said. */
  readonly metrics?: readonly string[] | undefined;
  /** Surface distance that does not count; 1 unless said. */
  readonly toleranceMm?: number | undefined;
  /** The same for some classes, by name. */
  readonly classToleranceMm?: Readonly<Record<string, number>> | undefined;
  /** `nan` unless said. */
  readonly emptyRule?: EmptyRule | undefined;
  /** The whole field unless said. */
  readonly region?: RegionChoice | undefined;
  /** Whether predictions on other grids are resampled instead of refused. */
  readonly resample?: boolean | undefined;
  /** What a case without a prediction is; `refuse` unless said. */
  readonly missing?: "refuse" | "empty" | undefined;
  /** Voxels that the reference marks so do not count; that of `dataset.json` unless said. */
  readonly ignoreLabel?: number | undefined;
  /** Folder of the predictions' probabilities, for calibration; see `findProbabilities`. */
  readonly probabilities?: string | undefined;
  /** Which voxels make up one lesion: those that share a face (6), an edge too (18) or a corner too (26, the default). */
  readonly lesionConnectivity?: Connectivity | undefined;
  /** CSV file with the columns case, patient and any others to group by. */
  readonly groups?: string | undefined;
  /** Whether scores are grouped by the size of the class in the reference too. */
  readonly sizeTertiles?: boolean | undefined;
  /** Further folders of predictions, to be compared with the first and with each other. */
  readonly compare?: readonly string[] | undefined;
  /** Whether to say what other packages would have said. */
  readonly conventions?: boolean | undefined;
  /** Share of intervals that are to hold the truth; 0.95 unless said. */
  readonly level?: number | undefined;
  /** Draws of each interval; 2000 unless said. */
  readonly resamples?: number | undefined;
  /** 1 unless said. */
  readonly seed?: number | undefined;
  readonly onProgress?: ((stage: string, done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The metrics that are asked for, or the usual ones; calibration too where there are probabilities, and in `all` only there.
 *
 * Errors: ConfigError E_METRIC; C_PROBABILITIES for calibration without probabilities
 */
export function metricsFor({
  metrics: names = defaultMetricNames,
  probabilities,
}: EvaluateFoldersOptions): readonly Metric[] {
  if (probabilities !== undefined) return metricsNamed([...names, "calibration"], "metrics");
  const needsMore = ({ needs }: Metric) => needs === "probabilities";
  const unmet = metricsNamed(
    names.filter((name) => name !== "all"),
    "metrics",
  ).find(needsMore);
  if (unmet === undefined) return metricsNamed(names, "metrics").filter((metric) => !needsMore(metric));
  throw new ConfigError({
    code: "C_PROBABILITIES",
    where: `metric ${unmet.key}`,
    expected: "the folder of the probabilities",
    got: "none",
    next: "Pass --probabilities <folder>, or leave the metric out",
  });
}

/**
 * All rules, each default filled in.
 *
 * Errors: ConfigError C_TOLERANCE for a tolerance of a class that is not scored; E_LEVEL
 */
export function rulesOf(options: EvaluateFoldersOptions, found: FoundClasses, groups: CaseGroups): EvaluationRules {
  const { toleranceMm = DEFAULT_TOLERANCE_MM, classToleranceMm = {}, level = 0.95 } = options;
  tailsOf(level); // refuses a wrong one now, not after hours of measuring
  const names = found.classes.map(({ name }) => name);
  const stranger = Object.keys(classToleranceMm).find((name) => !names.includes(name));
  if (stranger !== undefined) throw toleranceError(stranger, names);
  return {
    ...(found.list === undefined ? {} : { classList: basename(found.list) }),
    emptyRule: options.emptyRule ?? "nan",
    toleranceMm: Object.fromEntries(names.map((name) => [name, classToleranceMm[name] ?? toleranceMm])),
    region: options.region ?? { kind: "whole" },
    resample: options.resample ?? false,
    missing: options.missing ?? "refuse",
    ignoreLabel: found.ignoreLabel,
    unit: groups.hasPatients ? "patient" : "case",
    level,
    resamples: options.resamples ?? 2000,
    seed: options.seed ?? 1,
    lesionConnectivity: options.lesionConnectivity ?? 26,
  };
}

function toleranceError(name: string, names: readonly string[]): ConfigError {
  return new ConfigError({
    code: "C_TOLERANCE",
    where: "tolerance",
    expected: `classes of ${names.join(", ")}`,
    got: name,
    next: "Name a class that is scored",
  });
}
