import { ConfigError } from "../../volume/errors.ts";

/** Errors: ConfigError E_ONE_METRIC unless all scores are of one metric */
export function assertOneMetric(scores: readonly { readonly metric: string }[]): void {
  const metrics = [...new Set(scores.map(({ metric }) => metric))];
  if (metrics.length <= 1) return;
  throw new ConfigError({
    code: "E_ONE_METRIC",
    where: "scores",
    expected: "one metric at a time",
    got: metrics.join(", "),
    next: "Choose the scores of one metric first",
  });
}
