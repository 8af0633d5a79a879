import type { BenchmarkResults, BenchmarkScore } from "../../pipeline/report/benchmark-results.ts";

/** Results on the data set "set" with what is left out empty; methods are those that have scores. */
export function smallResults(own: Partial<BenchmarkResults> = {}): BenchmarkResults {
  const keys = [...new Set(own.scores?.map(({ method }) => method))];
  return {
    title: "Small",
    classes: [classOf("organ", 0.1)],
    methods: keys.map((key) => ({ key, network: key, training: "plain" })),
    baseline: keys[0] ?? "none",
    scores: [],
    sizes: [],
    curves: [],
    costs: [],
    confusions: [],
    slices: [],
    failures: [],
    missing: [],
    facts: {},
    ...own,
  };
}

/** A class of the data set "set". */
export function classOf(name: string, frequency: number) {
  return { dataset: "set", id: 1, name, frequency, color: "#0072b2" };
}

/** One score per case, cases named c1, c2, …, by one run of a method. */
export function scoresOf(
  method: string,
  values: readonly number[],
  { label = "organ", metric = "dice", seed = 0 } = {},
): readonly BenchmarkScore[] {
  const at = { dataset: "set", method, fold: 0, seed };
  return values.map((value, index) => ({ ...at, case: `c${index + 1}`, label, metric, value }));
}
