import { add, mul, scale, sub } from "../graph/operators/index.ts";
import type { Optimiser } from "./optimiser.ts";

/** Names of the state. */
const MOMENTUM = "momentum";

/**
 * Stochastic gradient descent with Nesterov momentum; decay is added to the gradient.
 *
 * Source: Sutskever 2013, http://proceedings.mlr.press/v28/sutskever13.html, in the form that PyTorch has
 */
export function sgd({ momentum = 0.99, nesterov = true }: { momentum?: number; nesterov?: boolean } = {}): Optimiser {
  return {
    state: [MOMENTUM],
    update: ({ weights, gradient, state, learningRate, weightDecay }) => {
      const decayed = weightDecay === 0 ? gradient : add(gradient, scale(weights, weightDecay));
      const former = state.get(MOMENTUM);
      const velocity = former === undefined ? decayed : add(scale(former, momentum), decayed);
      const direction = nesterov ? add(decayed, scale(velocity, momentum)) : velocity;
      return { weights: sub(weights, mul(direction, learningRate)), state: new Map([[MOMENTUM, velocity]]) };
    },
  };
}
