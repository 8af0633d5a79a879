import type { Value } from "../graph/builder.ts";
import { div, max, min, mul, sumOfAll } from "../graph/operators/index.ts";

/** Mean of a value over the channels whose wanted volume is above 0; 0 where there is none. */
export function meanOverPresent(value: Value, wanted: Value): Value {
  const present = min(wanted, value.graph.floats([1]));
  return div(sumOfAll(mul(value, present)), max(sumOfAll(present), value.graph.floats([1])));
}
