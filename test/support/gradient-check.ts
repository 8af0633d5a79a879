import { strict as assert } from "node:assert";
import { gradientsOf } from "../../models/gradient/gradients.ts";
import { type Dialect, graphBuilder, type Value } from "../../models/graph/builder.ts";
import { encodeModel } from "../../models/graph/encode.ts";
import { mul, sumOfAll } from "../../models/graph/operators/index.ts";
import { floatTensor } from "../../models/graph/tensor.ts";
import { type FloatTensors, openSession } from "../../pipeline/runtime/onnx-runtime.ts";
import { randomFrom } from "../../pipeline/volume/random.ts";

/** A computation of some inputs under test. */
export interface GradientCase {
  readonly inputs: readonly InputSpec[];
  readonly build: (...values: readonly Value[]) => Value;
  readonly dialect?: Dialect;
  readonly recompute?: boolean;
  readonly seed?: number;
  /** Half the width of the central difference; kinks have to be farther from the inputs. */
  readonly step?: number;
}

/** Shape and values of an input: uniform in [-1, 1] unless `values` says more. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly values?: (uniform: () => number, index: number) => number;
}

/** Largest difference, as a share of what the gradient could make of a direction: float32 sums of a few thousand terms. */
const TOLERANCE = 2e-3;

const DIRECTIONS = 3;

/**
 * Checks gradients against central differences of the same graph along random directions.
 *
 * The loss is the sum of the results, each times a fixed random number, so that no error of one cancels another's.
 */
export async function checkGradients(checked: GradientCase): Promise<void> {
  const { inputs, build, dialect = "cpu", recompute = false, seed = 1, step = 0.01 } = checked;
  const random = randomFrom(seed);
  const uniform = () => 2 * random.uniform() - 1;
  const graph = graphBuilder("check", { dialect });
  const values = inputs.map(({ shape }, n) => graph.input(`input.${n}`, shape));
  const result = build(...values);
  const weights = Array.from({ length: countOf(result.shape.map(Number)) }, uniform);
  const loss = sumOfAll(mul(result, graph.constant(floatTensor("loss weights", result.shape.map(Number), weights))));
  const gradients = gradientsOf(loss, values, { recompute });
  const outputs = Object.fromEntries(gradients.map((gradient, n) => [`gradient.${n}`, gradient]));
  const session = await openSession(encodeModel(graph.build({ loss, ...outputs })), { provider: "cpu", threads: 1 });

  const points = inputs.map(({ shape, values: fill = uniform }) =>
    Float32Array.from({ length: countOf(shape) }, (_, i) => fill(uniform, i)),
  );
  const run = (arrays: readonly Float32Array[]) =>
    session.runAll(new Map(arrays.map((data, n) => [`input.${n}`, { data, shape: inputs[n].shape }])));
  const found = await run(points);
  for (const [n, point] of points.entries()) {
    const gradient = arrayOf(found, `gradient.${n}`);
    assert.equal(gradient.length, point.length);
    for (let k = 0; k < DIRECTIONS; k++) {
      const direction = Float32Array.from(point, uniform);
      const moved = (by: number) =>
        points.with(
          n,
          point.map((value, i) => value + by * direction[i]),
        );
      const [up, down] = [await run(moved(step)), await run(moved(-step))].map((made) => arrayOf(made, "loss")[0]);
      const expected = (up - down) / (2 * step);
      const scale = Math.hypot(...gradient) + Math.abs(arrayOf(found, "loss")[0]) + 1e-3;
      const got = gradient.reduce((sum, each, i) => sum + each * direction[i], 0);
      const difference = Math.abs(got - expected) / scale;
      assert.ok(
        difference < TOLERANCE,
        `input ${n}, seed ${seed}: ${got} along a direction where the central difference is ${expected}`,
      );
    }
  }
}

function arrayOf(arrays: FloatTensors, name: string): Float32Array {
  const { data } = arrays.get(name) ?? assert.fail(`no output ${name}`);
  return data;
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
