import type { Random } from "../../volume/random.ts";
import { meanOf, quantileOfSorted } from "./describe.ts";
import { normalBelow, normalQuantile } from "./distributions.ts";
import { tailsOf } from "./level.ts";

/** How an interval is made. */
export interface BootstrapOptions {
  /** Share of intervals that are to hold the truth; 0.95 unless said. */
  readonly level?: number | undefined;
  /** 2000 unless said, what Efron and Tibshirani ask for. */
  readonly resamples?: number | undefined;
  readonly random: Random;
  readonly method?: "bca" | "percentile" | undefined;
}

/** A statistic with its interval. */
export interface BootstrapInterval {
  /** The statistic of all units. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /** How the ends were found; "percentile" in place of "bca" where BCa is not defined, "none" where nothing is. */
  readonly method: "bca" | "percentile" | "none";
  /** Resamples that have the statistic; those without it are left out. */
  readonly resamples: number;
}

/**
 * Bootstrap interval of a statistic, drawing units with replacement: a unit is a patient with all its cases.
 *
 * Empty:  fewer than two units, or a statistic that all units together or each resample lack, give NaN ends;
 *         resamples that all agree give an interval of no width;
 *         the percentile interval stands in where all resamples lie on one side of the statistic, or the statistic
 *         without one of the units is not defined
 * Errors: ConfigError E_LEVEL
 * Source: Efron 1987, doi:10.1080/01621459.1987.10478410; resamples equal to the statistic count half, as in SciPy
 */
export function bootstrapInterval<Unit>(
  units: readonly Unit[],
  statistic: (units: readonly Unit[]) => number,
  { level = 0.95, resamples = 2000, random, method = "bca" }: BootstrapOptions,
): BootstrapInterval {
  const tails = tailsOf(level);
  const value = statistic(units);
  const drawn =
    units.length < 2 || Number.isNaN(value) ? new Float64Array() : resampled(units, statistic, { resamples, random });
  const corrected =
    method === "bca" ? correctedTails(tails, { drawn, value, jackknife: left(units, statistic) }) : tails;
  const isBca = method === "bca" && corrected.every(Number.isFinite);
  const [low, high] = (isBca ? corrected : tails).map((tail) => quantileOfSorted(drawn, tail));
  const used = drawn.length === 0 ? "none" : isBca ? "bca" : "percentile";
  return { value, low, high, level, method: used, resamples: drawn.length };
}

/** The statistic of each resample that has it, in ascending order. */
function resampled<Unit>(
  units: readonly Unit[],
  statistic: (units: readonly Unit[]) => number,
  { resamples, random }: { readonly resamples: number; readonly random: Random },
): Float64Array {
  const values = Float64Array.from({ length: resamples }, () => statistic(drawnFrom(units, random)));
  return values.filter((value) => !Number.isNaN(value)).sort();
}

/** As many units as there are, drawn with replacement. */
export function drawnFrom<Unit>(units: readonly Unit[], random: Random): readonly Unit[] {
  // A loop, for this is most of what an interval costs.
  const drawn = new Array<Unit>(units.length);
  for (let index = 0; index < drawn.length; index++) drawn[index] = units[random.integer(0, units.length)];
  return drawn;
}

/** The statistic without each of the units. */
function left<Unit>(units: readonly Unit[], statistic: (units: readonly Unit[]) => number): readonly number[] {
  return units.map((_, out) => statistic(units.filter((_, index) => index !== out)));
}

interface Evidence {
  readonly drawn: Float64Array;
  readonly value: number;
  readonly jackknife: readonly number[];
}

/** The shares of resamples at which a BCa interval ends; NaN where it has no ends. */
export function correctedTails(tails: readonly number[], { drawn, value, jackknife }: Evidence): readonly number[] {
  const below = drawn.reduce((sum, each) => sum + (each < value ? 1 : each === value ? 0.5 : 0), 0);
  const bias = normalQuantile(below / drawn.length);
  const acceleration = accelerationOf(jackknife);
  return tails.map((tail) => {
    const shifted = bias + normalQuantile(tail);
    const stretch = 1 - acceleration * shifted;
    // Past its pole the formula means nothing.
    return stretch > 0 ? normalBelow(bias + shifted / stretch) : Number.NaN;
  });
}

/** How fast the spread of the statistic changes with it; 0 where leaving out any unit makes no difference. */
function accelerationOf(jackknife: readonly number[]): number {
  const mean = meanOf(jackknife);
  const sums = jackknife.reduce(
    ({ squares, cubes }, value) => ({ squares: squares + (mean - value) ** 2, cubes: cubes + (mean - value) ** 3 }),
    { squares: 0, cubes: 0 },
  );
  return sums.squares === 0 ? 0 : sums.cubes / (6 * sums.squares ** 1.5);
}
