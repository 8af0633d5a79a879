import type { GraphBuilder, Value } from "../graph/builder.ts";
import { elementCountOf } from "../graph/graph.ts";
import { floatTensor } from "../graph/tensor.ts";

/** Longest wave against the shortest. */
const SPAN = 10_000;

/**
 * Where each position of an image lies, as sines and cosines of its place along each axis, axes one behind the other.
 *
 * Shape:  sides -> [1, positions, features]; what the axes do not divide stays 0
 * Source: Carion 2020, arXiv:2005.12872, for any number of axes; Segment Anything draws its frequencies
 */
export function sinePlaces(graph: GraphBuilder, sides: readonly number[], features: number): Value {
  const name = `places ${sides.join("x")} ${features}`;
  const shape = [1, elementCountOf(sides), features];
  return graph.shared(name, () => floatTensor(name, shape, sineValues(sides, features)));
}

function sineValues(sides: readonly number[], features: number): Float32Array {
  const perAxis = 2 * Math.floor(features / (2 * sides.length));
  const positions = elementCountOf(sides);
  const values = new Float32Array(positions * features);
  for (let position = 0; position < positions; position++) {
    let rest = position;
    for (let axis = sides.length - 1; axis >= 0; axis--) {
      const place = (2 * Math.PI * ((rest % sides[axis]) + 0.5)) / sides[axis];
      rest = Math.floor(rest / sides[axis]);
      const start = position * features + axis * perAxis;
      for (let k = 0; k < perAxis; k += 2) {
        const angle = place / SPAN ** (k / perAxis);
        values[start + k] = Math.sin(angle);
        values[start + k + 1] = Math.cos(angle);
      }
    }
  }
  return values;
}
