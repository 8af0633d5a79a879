import { strict as assert } from "node:assert";
import type { GraphBuilder, Value } from "../../models/graph/builder.ts";
import type { StepContext } from "../../models/objective.ts";

/** A step without an image, features or anything that is kept: what it is not told fails the test that asks for it. */
export function bareContext(graph: GraphBuilder, given: Partial<StepContext> = {}): StepContext {
  const unknown = (what: string) => () => assert.fail(`no ${what} in this test`);
  return {
    image: graph.floats([0], [1, 1, 1]),
    features: new Map<never, Value>(),
    step: graph.floats([1]),
    buffer: unknown("buffer"),
    forward: unknown("second image"),
    ...given,
  };
}
