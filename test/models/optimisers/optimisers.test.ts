import { strict as assert } from "node:assert";
import { adam, adamW } from "../../../models/optimisers/adam.ts";
import type { Optimiser } from "../../../models/optimisers/optimiser.ts";
import { sgd } from "../../../models/optimisers/sgd.ts";
import { runGraph } from "../../support/run-graph.ts";

/** Weights after each of some steps on given gradients, the graph run once per step. */
async function trajectory(
  optimiser: Optimiser,
  {
    start,
    gradients,
    learningRate,
    weightDecay = 0,
  }: { start: number; gradients: readonly number[]; learningRate: number; weightDecay?: number },
): Promise<readonly number[]> {
  let weights: Float32Array = Float32Array.of(start);
  let state = new Map<string, Float32Array>(optimiser.state.map((name) => [name, Float32Array.of(0)]));
  const found: number[] = [];
  for (const [n, gradient] of gradients.entries()) {
    const vector = (data: Float32Array) => ({ data, shape: [1] });
    const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [] });
    const feeds = new Map([
      ["weights", vector(weights)],
      ["gradient", vector(Float32Array.of(gradient))],
      ["rate", scalar(learningRate)],
      ["step", scalar(n + 1)],
      ...[...state].map(([name, data]) => [name, vector(data)] as const),
    ]);
    const results = await runGraph((graph) => {
      const given = new Map(optimiser.state.map((name) => [name, graph.input(name, [1])]));
      const moved = optimiser.update({
        weights: graph.input("weights", [1]),
        gradient: graph.input("gradient", [1]),
        state: given,
        learningRate: graph.input("rate", []),
        step: graph.input("step", []),
        weightDecay,
      });
      return {
        "next weights": moved.weights,
        ...Object.fromEntries([...moved.state].map(([k, v]) => [`next ${k}`, v])),
      };
    }, feeds);
    weights = results.get("next weights") ?? assert.fail();
    state = new Map(optimiser.state.map((name) => [name, results.get(`next ${name}`) ?? assert.fail()]));
    found.push(weights[0]);
  }
  return found;
}

function assertClose(found: readonly number[], expected: readonly number[], tolerance = 1e-5): void {
  assert.equal(found.length, expected.length);
  for (const [n, value] of found.entries())
    assert.ok(Math.abs(value - expected[n]) <= tolerance, `step ${n + 1}: ${value}, expected ${expected[n]}`);
}

describe("sgd", () => {
  it("takes the learning rate times the gradient without momentum", async () => {
    const found = await trajectory(sgd({ momentum: 0, nesterov: false }), {
      start: 1,
      gradients: [2, -1],
      learningRate: 0.1,
    });
    assertClose(found, [0.8, 0.9]);
  });

  it("follows the closed form of momentum 0.9 under a constant gradient: v_n = (1 - 0.9^n) / 0.1", async () => {
    const gradients = [1, 1, 1, 1];
    const found = await trajectory(sgd({ momentum: 0.9, nesterov: false }), {
      start: 0,
      gradients,
      learningRate: 0.01,
    });
    let sum = 0;
    assertClose(
      found,
      gradients.map((_, n) => (sum -= (0.01 * (1 - 0.9 ** (n + 1))) / 0.1)),
    );
  });

  it("looks ahead by Nesterov: the first step under gradient 1 is rate * (1 + momentum)", async () => {
    const found = await trajectory(sgd({ momentum: 0.99 }), { start: 0, gradients: [1, 1], learningRate: 0.01 });
    assertClose(found, [-0.0199, -0.0199 - 0.01 * (1 + 0.99 * 1.99)]);
  });

  it("adds the decay to the gradient", async () => {
    const found = await trajectory(sgd({ momentum: 0 }), {
      start: 2,
      gradients: [0],
      learningRate: 0.1,
      weightDecay: 0.5,
    });
    assertClose(found, [1.9]);
  });
});

describe("adam", () => {
  it("moves by the learning rate in the first step, whatever the gradient's size", async () => {
    for (const gradient of [1e-3, 7, -400])
      assertClose(await trajectory(adam(), { start: 0, gradients: [gradient], learningRate: 0.01 }), [
        -0.01 * Math.sign(gradient),
      ]);
  });

  it("follows algorithm 1 of the paper, worked out in double precision", async () => {
    const gradients = [0.3, -0.2, 0.9, 0.05, -1.5];
    let [weight, mean, square] = [0.5, 0, 0];
    const expected = gradients.map((gradient, n) => {
      mean = 0.9 * mean + 0.1 * gradient;
      square = 0.999 * square + 0.001 * gradient ** 2;
      const [unbiasedMean, unbiasedSquare] = [mean / (1 - 0.9 ** (n + 1)), square / (1 - 0.999 ** (n + 1))];
      weight -= (0.1 * unbiasedMean) / (Math.sqrt(unbiasedSquare) + 1e-8);
      return weight;
    });
    assertClose(await trajectory(adam(), { start: 0.5, gradients, learningRate: 0.1 }), expected, 2e-5);
  });
});

describe("adamW", () => {
  it("decays the weights apart from the gradient: by rate * decay where the gradient is 0", async () => {
    const found = await trajectory(adamW(), { start: 2, gradients: [0, 0], learningRate: 0.1, weightDecay: 0.5 });
    assertClose(found, [2 * 0.95, 2 * 0.95 ** 2]);
  });

  it("is Adam without decay", async () => {
    const given = { start: 0.5, gradients: [0.3, -0.2, 0.9], learningRate: 0.1 };
    assert.deepEqual(await trajectory(adamW(), given), await trajectory(adam(), given));
  });
});
