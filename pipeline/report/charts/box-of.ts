import { definedOf, describe } from "../../evaluate/statistics/describe.ts";

/** What a box plot draws of some values. */
export interface Box {
  readonly count: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly mean: number;
  /** Outermost values within 1.5 interquartile ranges of the box. */
  readonly low: number;
  readonly high: number;
}

/** Reach of the whiskers, in interquartile ranges. Source: Tukey 1977, Exploratory Data Analysis */
const REACH = 1.5;

/**
 * The box plot of the defined values.
 *
 * Empty:  undefined
 */
export function boxOf(values: readonly number[]): Box | undefined {
  const { count, q1, median, q3, iqr, mean } = describe(values);
  if (count === 0) return undefined;
  const within = definedOf(values).filter((value) => value >= q1 - REACH * iqr && value <= q3 + REACH * iqr);
  return { count, q1, median, q3, mean, low: Math.min(...within), high: Math.max(...within) };
}
