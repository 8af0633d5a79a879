import { gradientsOf } from "../gradient/gradients.ts";
import type { Value } from "../graph/builder.ts";
import { elementCountOf } from "../graph/graph.ts";
import { GraphError } from "../graph/graph-error.ts";
import {
  add,
  clip,
  div,
  logSoftmax,
  matmul,
  max,
  meanOfAll,
  mul,
  neg,
  reduceSum,
  relu,
  reshape,
  resize,
  shift,
  sigmoid,
  split,
  sqrt,
  stopGradient,
  sub,
  sumOfAll,
} from "../graph/operators/index.ts";
import { adam } from "../optimisers/adam.ts";
import { softplus } from "./focal.ts";
import type { LossInput } from "./loss.ts";
import { meanOverPresent } from "./mean-over-present.ts";
import type { PatchWeighting, WeighedBatch } from "./patch-weights.ts";

/** How the weight network learns. */
export interface WeightNetworkOptions {
  /** Default 1e-3. */
  readonly learningRate?: number;
  /** Default 1e-4. */
  readonly weightDecay?: number;
}

/** Hidden units, and what the output starts at before its sigmoid. Source: trust-nlp/ImbalanceLearning, WeightNet */
const [HIDDEN, FIRST_OUTPUT] = [100, 0.1];

/**
 * HAMR's weight network: a patch's weight is a small network's answer to its loss, and the network learns to give weight to
 * patches whose gradient points the way that a class-balanced loss asks for.
 *
 * Source: arXiv:2604.18759; 1 - 100 - 1 units, sigmoid, inputs standardised over the batch. There the network is judged by a
 *         second, balanced batch after a trial step, through second derivatives; here by the class-balanced cross entropy of the
 *         same batch, in first order, and by the gradients to the last layer alone
 */
export function weightNetwork({ learningRate = 1e-3, weightDecay = 1e-4 }: WeightNetworkOptions = {}): PatchWeighting {
  return {
    tellsDifficulty: true,
    weigh: (batch) => {
      const { losses, context } = batch;
      const { graph } = losses;
      const own = (name: string, values: readonly number[]) =>
        context.buffer({ name: `weight_network.${name}`, shape: [values.length], initial: { kind: "values", values } });
      const parameters = own("weights", firstWeights());
      const zeros = firstWeights().map(() => 0);
      const state = new Map(optimiser.state.map((name) => [name, own(name, zeros)]));
      const weights = answer(parameters.value, losses);
      const wanted = alignment(batch);
      const [gradient] = gradientsOf(neg(sumOfAll(mul(weights, wanted))), [parameters.value]);
      const moved = optimiser.update({
        weights: parameters.value,
        gradient,
        state: new Map([...state].map(([name, { value }]) => [name, value])),
        step: context.step,
        learningRate: graph.floats([learningRate]),
        weightDecay,
      });
      parameters.update(moved.weights);
      for (const [name, next] of moved.state) state.get(name)?.update(next);
      return weights;
    },
  };
}

const optimiser = adam();

/** Hidden factors and offsets, output factors and offset, one behind the other; drawn by a fixed rule, spread evenly. */
function firstWeights(): readonly number[] {
  const spread = (n: number, bound: number) => bound * (2 * ((n * 0.618034 + 0.5) % 1) - 1);
  const hidden = Array.from({ length: 2 * HIDDEN }, (_, n) => spread(n, 1));
  const output = Array.from({ length: HIDDEN }, (_, n) => spread(n + 7, 1 / Math.sqrt(HIDDEN)));
  return [...hidden, ...output, FIRST_OUTPUT];
}

/** What the network says to each loss. Shape: parameters [301], losses [N] -> [N], between 0 and 1 */
function answer(parameters: Value, losses: Value): Value {
  const count = Number(losses.shape[0]);
  const [factors, offsets, outputs, offset] = split(parameters, { axis: 0, lengths: [HIDDEN, HIDDEN, HIDDEN, 1] });
  const row = (value: Value) => reshape(value, [1, HIDDEN]);
  const hidden = relu(add(mul(reshape(standardised(losses), [count, 1]), row(factors)), row(offsets)));
  const sum = add(reduceSum(mul(hidden, row(outputs)), { axes: [1] }), reshape(offset, [1, 1]));
  return reshape(sigmoid(sum), [count]);
}

function standardised(losses: Value): Value {
  const centred = sub(stopGradient(losses), meanOfAll(stopGradient(losses)));
  return div(centred, sqrt(shift(meanOfAll(mul(centred, centred)), 1e-6)));
}

/** Cosine between each patch's gradient to the last layer and that of the class-balanced loss of the batch, [N]. */
function alignment({ losses, finest, context }: WeighedBatch): Value {
  const features = context.features.get("voxels");
  if (features === undefined)
    throw new GraphError({
      where: "network",
      expected: "an architecture that shows the features of its voxels, to compare gradients by",
      got: "one that does not",
    });
  const ofLosses = lastLayerGradient(sumOfAll(losses), { logits: finest.logits, features });
  const ofBalanced = reduceSum(lastLayerGradient(balancedCrossEntropy(finest), { logits: finest.logits, features }), {
    axes: [0],
  });
  const inner = (first: Value, second: Value) => reduceSum(mul(first, second), { axes: [1] });
  const length = (value: Value) => sqrt(shift(inner(value, value), 1e-12));
  const cosine = div(inner(ofLosses, ofBalanced), mul(length(ofLosses), length(ofBalanced)));
  return stopGradient(reshape(clip(cosine, { low: -1, high: 1 }), [Number(losses.shape[0])]));
}

/** Shape: -> [N, channels * features]; patches do not depend on each other's logits, so that each row is one patch's. */
function lastLayerGradient(
  loss: Value,
  { logits, features }: { readonly logits: Value; readonly features: Value },
): Value {
  const [ofLogits] = gradientsOf(loss, [logits]);
  const [count, channels, ...sides] = logits.shape.map(Number);
  const voxels = elementCountOf(sides);
  const rows = reshape(ofLogits, [count, channels, voxels]);
  const width = Number(features.shape[1]);
  const scales = sides.map((side, axis) => side / Number(features.shape[axis + 2]));
  const whole = scales.every((each) => each === 1) ? features : resize(features, { scales, mode: "nearest" });
  const product = matmul(rows, reshape(stopGradient(whole), [count, width, voxels]), { transposeSecond: true });
  return reshape(product, [count, channels * width]);
}

/** Mean over the classes of the mean cross entropy of their voxels. */
function balancedCrossEntropy({ logits, target, activation }: LossInput): Value {
  const each =
    activation === "softmax" ? neg(mul(logSoftmax(logits, { axis: 1 }), target)) : mul(softplus(neg(logits)), target);
  const axes = target.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const wanted = reduceSum(target, { axes });
  const perClass = div(reduceSum(each, { axes }), max(wanted, target.graph.floats([1])));
  return meanOverPresent(perClass, wanted);
}
