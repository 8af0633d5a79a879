import { type Static, type TSchema, Type } from "@sinclair/typebox";
import type { Frozen } from "../frozen.ts";
import type { MakeObjective } from "../objective.ts";
import { boundary } from "./boundary.ts";
import { centrelineDice } from "./centreline-dice.ts";
import { type ClassFacts, type ClassWeightSettings, classWeightSchemas, classWeights } from "./class-weights.ts";
import { confusableContrast } from "./confusable-contrast.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { dynamicFocal } from "./dynamic-focal.ts";
import { focal } from "./focal.ts";
import { generalisedDice } from "./generalised-dice.ts";
import type { Loss } from "./loss.ts";
import { type ObjectiveOptions, objectiveOf } from "./objective.ts";
import { type WeightingSettings, weightingFrom } from "./patch-weightings.ts";
import { softDice } from "./soft-dice.ts";
import { topKCrossEntropy } from "./top-k-cross-entropy.ts";
import { focalTversky, tversky } from "./tversky.ts";
import { unifiedFocal } from "./unified-focal.ts";

const share = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1, description }));
const positive = (description: string) =>
  Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100, description }));
const focusOf = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 5, description }));
const className = Type.String({ minLength: 1, maxLength: 64 });
const over = Type.Optional(
  Type.Unsafe<"batch" | "sample">({
    type: "string",
    enum: ["batch", "sample"],
    description: "All patches of a batch as one image (default), or each by itself.",
  }),
);
const background = Type.Optional(Type.Boolean({ description: "Whether background counts too; default false." }));
const classWeightSettings = Type.Optional(
  Type.Unsafe<ClassWeightSettings>({
    type: "object",
    discriminator: { propertyName: "kind" },
    required: ["kind"],
    oneOf: [...classWeightSchemas],
    description: "Default: all classes the same.",
  }),
);

/** Settings of a loss of a kind; `weight` is its own in the sum of the losses. */
function term<K extends string, T extends Record<string, TSchema>>(kind: K, fields: T, description: string) {
  const weight = Type.Optional(Type.Number({ minimum: 0, maximum: 1000, description: "In the sum; default 1." }));
  return Type.Object({ kind: Type.Literal(kind), weight, ...fields }, { additionalProperties: false, description });
}

const tverskyFields = {
  alpha: share("Weight of false positives; default 0.3."),
  beta: share("Weight of false negatives; default 0.7."),
  over,
  background,
};

/** Schemas of the settings of every loss, told apart by `kind`. */
export const lossSchemas = [
  term("cross-entropy", { classWeights: classWeightSettings }, "Cross entropy, the mean over voxels."),
  term(
    "top-k-cross-entropy",
    { share: share("Of all voxels; default 0.1."), classWeights: classWeightSettings },
    "Cross entropy of the hardest voxels.",
  ),
  term("dice", { over, background }, "Soft Dice; classes that a batch lacks do not count."),
  term("generalised-dice", { over }, "Dice with classes weighted by one over the square of their volume."),
  term(
    "focal",
    {
      gamma: positive("How far easy voxels are turned down; default 2."),
      alpha: share("Weight of foreground against background; default: both count the same."),
      classWeights: classWeightSettings,
    },
    "Focal cross entropy.",
  ),
  term("tversky", tverskyFields, "Dice with weights for false positives and negatives."),
  term(
    "focal-tversky",
    { ...tverskyFields, gamma: positive("The power is 1 / gamma; default 4/3.") },
    "Tversky to a power, so that badly found classes count more.",
  ),
  term(
    "unified-focal",
    {
      ratio: share("Of the cross-entropy half; default 0.5."),
      delta: share("Weight of foreground and of false negatives; default 0.6."),
      gamma: share("Default 0.5."),
    },
    "Asymmetric unified focal loss.",
  ),
  term("boundary", {}, "Distance to the target's boundary; to be added to a loss of regions."),
  term(
    "centreline-dice",
    { iterations: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, description: "Largest radius; default 3." })) },
    "clDice for tubes.",
  ),
  term(
    "dynamic-focal",
    {
      gamma: positive("Exponent of 1 - Dice in a class's weight; default 2."),
      focus: focusOf("Greatest focus, of a class at Dice 0; default 2."),
      least: share("Smallest weight before they are scaled to mean 1; default 0.05."),
      follow: Type.Optional(
        Type.Unsafe<"validation" | "batches">({
          type: "string",
          enum: ["validation", "batches"],
          description: "Whose Dice is followed: that of held-out cases (default), or that of the batches themselves.",
        }),
      ),
    },
    "Focal loss whose weights and focus follow each class's running Dice.",
  ),
  term(
    "confusable-contrast",
    {
      pairs: Type.Optional(
        Type.Array(Type.Tuple([className, className]), {
          minItems: 1,
          maxItems: 256,
          description: "Names of classes that are taken for each other; every two foreground classes when left out.",
        }),
      ),
      temperature: positive("Default 0.1."),
    },
    "Contrast of the features of classes that are taken for each other; to be added to another loss.",
  ),
] as const;

/** A loss's name and settings. */
export type LossSettings = Frozen<Static<(typeof lossSchemas)[number]>>;

type Builders = {
  readonly [K in LossSettings["kind"]]: (settings: Extract<LossSettings, { kind: K }>, facts: ClassFacts) => Loss;
};

const weightsOf = (settings: ClassWeightSettings | undefined, facts: ClassFacts) =>
  settings === undefined ? undefined : classWeights(settings, facts);

const builders: Builders = {
  "cross-entropy": (settings, facts) => crossEntropy({ weights: weightsOf(settings.classWeights, facts) }),
  "top-k-cross-entropy": ({ classWeights: own, ...settings }, facts) =>
    topKCrossEntropy({ ...settings, weights: weightsOf(own, facts) }),
  dice: (settings) => softDice(settings),
  "generalised-dice": (settings) => generalisedDice(settings),
  focal: ({ classWeights: own, ...settings }, facts) => focal({ ...settings, weights: weightsOf(own, facts) }),
  tversky: (settings) => tversky(settings),
  "focal-tversky": (settings) => focalTversky(settings),
  "unified-focal": ({ ratio, weight: _, ...settings }) =>
    unifiedFocal({ ...settings, ...(ratio === undefined ? {} : { weight: ratio }) }),
  boundary: () => boundary(),
  "centreline-dice": (settings) => centrelineDice(settings),
  "dynamic-focal": (settings) => dynamicFocal(settings),
  "confusable-contrast": (settings, facts) => confusableContrast(settings, facts),
};

/** Whether any of the losses follows the Dice of held-out cases. */
export function followsValidation(terms: readonly LossSettings[]): boolean {
  return terms.some((term) => term.kind === "dynamic-focal" && term.follow !== "batches");
}

/** The loss that settings describe. Errors: GraphError when a weight is given for a name that is no class */
export function lossFrom(settings: LossSettings, facts: ClassFacts): Loss {
  const build = builders[settings.kind] as (settings: LossSettings, facts: ClassFacts) => Loss;
  return build(settings, facts);
}

/** Whether any of the losses needs the distances to the target's boundary. */
export function needsDistances(terms: readonly Pick<LossSettings, "kind">[]): boolean {
  return terms.some(({ kind }) => kind === "boundary");
}

/** How labels become an objective: the losses, and what of the data they depend on. */
export interface ObjectiveSettings {
  readonly terms: readonly LossSettings[];
  /** See `adjustedLogits`. */
  readonly logitAdjustment?: number;
  /** See `PatchWeighting`; all patches count the same when left out. */
  readonly patchWeights?: readonly WeightingSettings[];
}

/**
 * A weighted sum of losses over every head of a network.
 *
 * Errors: as `lossFrom`
 */
export function objectiveFrom(
  { terms, logitAdjustment, patchWeights = [] }: ObjectiveSettings,
  { names, frequencies, ...options }: ClassFacts & Omit<ObjectiveOptions, "terms" | "adjustment" | "weightings">,
): MakeObjective {
  const facts = { names, frequencies };
  const named = terms.map((settings, n) => ({
    name: terms.findIndex(({ kind }) => kind === settings.kind) === n ? settings.kind : `${settings.kind} ${n + 1}`,
    weight: settings.weight ?? 1,
    loss: lossFrom(settings, facts),
  }));
  const adjustment = logitAdjustment === undefined ? {} : { adjustment: { frequencies, tau: logitAdjustment } };
  return objectiveOf({ ...options, ...adjustment, terms: named, weightings: patchWeights.map(weightingFrom) });
}
