import { ConfigError } from "../../volume/errors.ts";
import type { Score } from "../scores.ts";
import { inCaseOrder } from "./by-patient.ts";
import { definedOf, meanOf } from "./describe.ts";
import { groupedBy } from "./grouped.ts";
import { assertOneMetric } from "./one-metric.ts";

/** A score that a method reached. */
export type MethodScore = Score & { readonly method: string };

/** What to do with a case that only some of the methods were scored on. */
export type UnpairedRule = "refuse" | "drop";

/** The scores of one class. */
export interface ClassTable {
  readonly label: string;
  /** Method, then case. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Scores of methods side by side. */
export interface PairedScores {
  readonly cases: readonly { readonly case: string; readonly values: readonly number[] }[];
  /** Cases that some method was not scored on. */
  readonly dropped: readonly string[];
}

/**
 * Scores of one metric as a table per class, each with every method, in the order in which they first come.
 *
 * Errors: ConfigError E_ONE_METRIC; E_TWICE for a case that a method was scored on twice
 */
export function classTables(scores: readonly MethodScore[]): readonly ClassTable[] {
  assertOneMetric(scores);
  const methods = [...new Set(scores.map(({ method }) => method))];
  return [...groupedBy(scores, ({ label }) => label)].map(([label, own]) => {
    const values = new Map(methods.map((method) => [method, new Map<string, number>()]));
    for (const score of own) addOnce(values.get(score.method) ?? new Map(), score);
    return { label, values };
  });
}

function addOnce(column: Map<string, number>, { case: name, label, method, value }: MethodScore): void {
  if (column.has(name))
    throw new ConfigError({
      code: "E_TWICE",
      where: "scores",
      expected: "one score of a method, case and class",
      got: `two of ${method} on ${name}, ${label}`,
      next: "Average repeats first, or compare one seed at a time",
    });
  column.set(name, value);
}

/**
 * The scores of some methods on the same cases, in the order of the cases' names.
 *
 * Errors: ConfigError E_UNPAIRED when a method lacks a case and the rule is to refuse
 */
export function pairedScores(
  { label, values }: ClassTable,
  { methods, unpaired }: { readonly methods: readonly string[]; readonly unpaired: UnpairedRule },
): PairedScores {
  const columns = methods.map((method) => values.get(method) ?? new Map<string, number>());
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const lacking = names.filter((name) => !columns.every((column) => column.has(name)));
  const unpairedNames = new Set(lacking);
  if (lacking.length > 0 && unpaired === "refuse") {
    const without = methods.filter((_, index) => !columns[index].has(lacking[0])).join(", ");
    throw new ConfigError({
      code: "E_UNPAIRED",
      where: "scores",
      expected: `${methods.join(", ")} on the same cases of ${label}`,
      got: `${lacking.length} of ${names.length} cases not scored by all, such as ${lacking[0]} without ${without}`,
      next: "Score the missing cases, or drop unpaired ones",
    });
  }
  const rowOf = (name: string) => ({ case: name, values: columns.map((column) => column.get(name) ?? Number.NaN) });
  return { cases: inCaseOrder(names.filter((name) => !unpairedNames.has(name)).map(rowOf)), dropped: lacking };
}

/**
 * One score where a method has several of a case, class and metric, such as one per seed: their mean.
 *
 * Empty:  NaN is left out; nothing but NaN stays NaN
 */
export function averagedOverRepeats(scores: readonly MethodScore[]): readonly MethodScore[] {
  const keyOf = ({ case: name, label, metric, method }: MethodScore) => JSON.stringify([name, label, metric, method]);
  return [...groupedBy(scores, keyOf).values()].map((repeats) => {
    const { case: name, label, metric, method } = repeats[0];
    return { case: name, label, metric, method, value: meanOf(definedOf(repeats.map(({ value }) => value))) };
  });
}
