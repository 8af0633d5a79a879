import { spacingMmOf, type Triple, voxelVolumeMm3Of } from "../volume/affine.ts";
import { isNamedError, type Problem } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import type { LabelMap } from "../volume/volume.ts";
import type { ClassScores, EvaluateOptions } from "./evaluate-case.ts";
import { evaluateClasses } from "./evaluate-classes.ts";
import { type LoadedPair, type LoadPairOptions, loadPair } from "./load-pair.ts";
import type { Calibration } from "./metrics/facts.ts";
import type { CasePaths } from "./pair-cases.ts";
import type { PrevalenceRegion } from "./prevalence.ts";

/** How cases are read and measured. */
export type EvaluateCasesOptions = LoadPairOptions &
  Omit<EvaluateOptions, "classes" | "region" | "signal"> & {
    readonly region?: ((paths: CasePaths, reference: LabelMap) => Promise<PrevalenceRegion>) | undefined;
    /** What a case's probabilities come to, by class; asked where there is a prediction. */
    readonly calibrations?: ((name: string, pair: LoadedPair) => Promise<Calibrations>) | undefined;
    /** Called with each pair before it is forgotten. */
    readonly onPair?: ((name: string, pair: LoadedPair) => Promise<void>) | undefined;
    readonly onCase?: ((done: number, total: number) => void) | undefined;
  };

type Calibrations = ReadonlyMap<number, Calibration>;

/** What came of one case: its scores, or why it was refused. */
export type EvaluatedCase = MeasuredCase | RefusedCase;

/** A case that was measured. */
export interface MeasuredCase {
  readonly case: string;
  /** In the order of the classes that were asked for. */
  readonly classes: readonly ClassScores[];
  readonly shape: Triple;
  readonly spacingMm: Triple;
  readonly voxelMl: number;
  readonly wasResampled: boolean;
  readonly inputs: LoadedPair["inputs"];
  readonly warnings: readonly Warning[];
}

/** A case that was not. */
export interface RefusedCase {
  readonly case: string;
  readonly problem: Problem;
}

/** Whether a case was measured. */
export function isMeasured(each: EvaluatedCase): each is MeasuredCase {
  return "classes" in each;
}

/**
 * Measures cases one after the other; the next is read meanwhile. One that is refused costs no other.
 *
 * Errors: ConfigError E_METRIC; what is wrong with the machine; the signal's reason
 */
export async function evaluateCases(
  cases: readonly CasePaths[],
  options: EvaluateCasesOptions,
): Promise<readonly EvaluatedCase[]> {
  const results: EvaluatedCase[] = [];
  let next = cases.length > 0 ? settled(cases[0], options) : undefined;
  for (const [n, paths] of cases.entries()) {
    options.signal?.throwIfAborted();
    const loaded = await next;
    next = n + 1 < cases.length ? settled(cases[n + 1], options) : undefined;
    results.push(await evaluated(paths, loaded, options));
    options.onCase?.(n + 1, cases.length);
  }
  return results;
}

type Settled = { readonly pair: LoadedPair } | { readonly error: unknown };

async function settled(paths: CasePaths, options: EvaluateCasesOptions): Promise<Settled> {
  try {
    return { pair: await loadPair(paths, options) };
  } catch (error) {
    return { error };
  }
}

async function evaluated(
  paths: CasePaths,
  loaded: Settled | undefined,
  options: EvaluateCasesOptions,
): Promise<EvaluatedCase> {
  try {
    if (loaded === undefined || "error" in loaded) throw loaded?.error;
    const { pair } = loaded;
    const region = await options.region?.(paths, pair.reference);
    const { region: _, calibrations, ...rules } = options;
    const measured = { ...rules, ...(region === undefined ? {} : { region }) };
    const hasPrediction = pair.predictionGrid !== undefined;
    const calibrated = hasPrediction ? await calibrations?.(paths.case, pair) : undefined;
    const classes = await evaluateClasses({ ...pair, calibrations: calibrated }, measured);
    await options.onPair?.(paths.case, pair);
    const { wasResampled, inputs, warnings } = pair;
    const { shape, indexToLps } = pair.reference;
    const voxelMl = voxelVolumeMm3Of(indexToLps) / 1000;
    return {
      case: paths.case,
      classes,
      shape,
      spacingMm: spacingMmOf(indexToLps),
      voxelMl,
      wasResampled,
      inputs,
      warnings,
    };
  } catch (error) {
    if (isCaseFault(error)) return { case: paths.case, problem: error.problem };
    throw error;
  }
}

/** Whether only this case is at fault. */
function isCaseFault(error: unknown): error is Error & { readonly problem: Problem } {
  return isNamedError(error) && error.name !== "EnvironmentError" && error.problem.code !== "E_METRIC";
}
