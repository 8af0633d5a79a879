/** One metric of one class in one case. */
export interface Score {
  readonly case: string;
  /** Class by name. */
  readonly label: string;
  /** Key of the metric, as `metricNames` lists. */
  readonly metric: string;
  /** NaN where the metric is not defined. */
  readonly value: number;
}
