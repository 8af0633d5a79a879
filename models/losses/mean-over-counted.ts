import type { Value } from "../graph/builder.ts";
import { div, max, meanOfAll, mul, sumOfAll } from "../graph/operators/index.ts";

/** Mean of a value [N, 1, ...] over the voxels that count; 0 where none does. */
export function meanOverCounted(value: Value, counted: Value | undefined): Value {
  if (counted === undefined) return meanOfAll(value);
  return div(sumOfAll(mul(value, counted)), max(sumOfAll(counted), value.graph.floats([1])));
}
