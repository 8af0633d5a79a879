import { type Static, Type } from "@sinclair/typebox";
import type { Frozen } from "../frozen.ts";
import type { Value } from "../graph/builder.ts";
import { add } from "../graph/operators/index.ts";
import type { Parameters } from "./parameters.ts";

const number = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 100, description }));

/** Settings of dynamic focal attention. */
export const focalBiasSettings = Type.Object(
  {
    prior: Type.Optional(
      Type.Unsafe<"published" | "log-frequency">({
        type: "string",
        enum: ["published", "log-frequency"],
        description:
          "published: gamma log(1 - f), which tells rare classes from frequent ones alone (default); log-frequency: -log f, " +
          "which tells a class of 1 % from one of 0.05 % too.",
      }),
    ),
    gamma: number("Of the published prior; default 2."),
    scale: number("What the centred prior is multiplied by for the start; default 0.1, 0 starts at 0."),
    form: Type.Optional(
      Type.Unsafe<"learnt" | "anchored" | "fixed">({
        type: "string",
        enum: ["learnt", "anchored", "fixed"],
        description:
          "learnt: the bias is what is learnt (default); anchored: the prior and what is learnt; fixed: the prior alone.",
      }),
    ),
    learningRate: number("Of the bias, constant; default 0.002."),
    clipNorm: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 100, description: "Longest gradient of the bias; default 0.5." }),
    ),
  },
  { additionalProperties: false, description: "A learnt offset per class on what image positions give class tokens." },
);

/** What dynamic focal attention is set to. */
export type FocalBiasSettings = Frozen<Static<typeof focalBiasSettings>>;

/** Frequency that a class is taken to have where no case holds it; what is left of all voxels beside a class at least. */
const LEAST_FREQUENCY = 1e-8;

/**
 * The prior of each class, before it is centred.
 *
 * Source: arXiv:2604.13479 and its code: gamma log(1 - f), all but equal for rare classes; -log f is ours
 */
export function focalPrior(
  frequencies: readonly number[],
  { prior = "published", gamma = 2 }: FocalBiasSettings,
): readonly number[] {
  const logOf = (share: number) => Math.log(Math.max(LEAST_FREQUENCY, share));
  return frequencies.map((frequency) => (prior === "published" ? gamma * logOf(1 - frequency) : -logOf(frequency)));
}

/** What the learnt bias starts as: the prior, centred over the classes and scaled. */
export function focalStart(frequencies: readonly number[], settings: FocalBiasSettings): readonly number[] {
  const { scale = 0.1 } = settings;
  const prior = focalPrior(frequencies, settings);
  const mean = prior.reduce((sum, each) => sum + each, 0) / prior.length;
  return prior.map((each) => scale * (each - mean));
}

/** The name of the learnt bias among the parameters of its layer. */
export const FOCAL_BIAS = "delta";

/**
 * The bias of each class from what was learnt of it.
 *
 * Errors: RangeError when there are not as many values as classes
 */
export function focalBiasOf(
  learnt: readonly number[],
  { frequencies, settings }: { readonly frequencies: readonly number[]; readonly settings: FocalBiasSettings },
): readonly number[] {
  const prior = focalPrior(frequencies, settings);
  if (settings.form === "fixed") return prior;
  if (learnt.length !== prior.length) throw new RangeError(`${learnt.length} biases of ${prior.length} classes`);
  return settings.form === "anchored" ? learnt.map((each, n) => prior[n] + each) : learnt;
}

/**
 * The bias of each class, to be added to attention logits where the class's token is the key: along the axis that a softmax is
 * taken over, since along any other it would change nothing.
 *
 * Shape:  one frequency per class -> [classes]
 * Source: arXiv:2604.13479; the authors' code adds the bias along the queries in one direction, where softmax takes it away,
 *         and to the token before the one that makes the class's mask
 */
export function focalBias(
  parameters: Parameters,
  { frequencies, settings }: { readonly frequencies: readonly number[]; readonly settings: FocalBiasSettings },
): Value {
  const shape = [frequencies.length];
  const prior = () => parameters.graph.floats(focalPrior(frequencies, settings), shape);
  if (settings.form === "fixed") return prior();
  const values = focalStart(frequencies, settings);
  const learnt = parameters.weight(FOCAL_BIAS, shape, { kind: "values", values });
  return settings.form === "anchored" ? add(learnt, prior()) : learnt;
}
