import type { Value } from "../graph/builder.ts";
import { add, div, mul, pow, scale, shift, sqrt, sub } from "../graph/operators/index.ts";
import type { Optimiser, OptimiserInput } from "./optimiser.ts";

/** What Adam can be told. */
export interface AdamOptions {
  /** Decay of the mean of the gradient. */
  readonly beta1?: number;
  /** Decay of the mean of its square. */
  readonly beta2?: number;
  readonly epsilon?: number;
}

const MEAN = "mean";
const SQUARE = "square";

/** Adam; decay is added to the gradient. Source: Kingma 2015, arXiv:1412.6980, algorithm 1 */
export function adam(options: AdamOptions = {}): Optimiser {
  return {
    state: [MEAN, SQUARE],
    update: (input) => {
      const { weights, gradient, weightDecay } = input;
      const decayed = weightDecay === 0 ? gradient : add(gradient, scale(weights, weightDecay));
      return moved(weights, { ...input, gradient: decayed }, options);
    },
  };
}

/** Adam with decay of the weights themselves. Source: Loshchilov 2019, arXiv:1711.05101, algorithm 2 */
export function adamW(options: AdamOptions = {}): Optimiser {
  return {
    state: [MEAN, SQUARE],
    update: (input) => {
      const { weights, learningRate, weightDecay } = input;
      const kept = mul(weights, shift(scale(learningRate, -weightDecay), 1));
      return moved(weightDecay === 0 ? weights : kept, input, options);
    },
  };
}

function moved(
  weights: Value,
  { gradient, state, learningRate, step }: OptimiserInput,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions,
) {
  const mean = running(state.get(MEAN), gradient, beta1);
  const square = running(state.get(SQUARE), mul(gradient, gradient), beta2);
  const rate = div(learningRate, unbiased(step, beta1));
  const deviation = shift(sqrt(div(square, unbiased(step, beta2))), epsilon);
  const state2 = new Map([
    [MEAN, mean],
    [SQUARE, square],
  ]);
  return { weights: sub(weights, mul(div(mean, deviation), rate)), state: state2 };
}

function running(former: Value | undefined, now: Value, beta: number): Value {
  const part = scale(now, 1 - beta);
  return former === undefined ? part : add(scale(former, beta), part);
}

/** 1 - beta^step. */
function unbiased(step: Value, beta: number): Value {
  return shift(scale(pow(step.graph.floats([beta]), step), -1), 1);
}
