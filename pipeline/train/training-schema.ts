import { type Static, Type } from "@sinclair/typebox";
import { networkSchemas } from "../../models/architectures/index.ts";
import { lossSchemas } from "../../models/losses/index.ts";
import { weightingSchemas } from "../../models/losses/patch-weightings.ts";
import { optimiserSchemas, scheduleSchemas } from "../../models/optimisers/index.ts";
import { type Frozen, oneKind, oneWord, record, textUpTo } from "../bundle/schema-parts.ts";
import { augmentationSchema } from "./augment/index.ts";
import { samplingSchema } from "./sampling/index.ts";

/** Newest version of training settings that this program reads. */
export const TRAINING_VERSION = 1;

const steps = (description: string, minimum = 1) => Type.Integer({ minimum, maximum: 10_000_000, description });
const positive = (description: string) => Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description });
const decay = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

const group = record(
  {
    name: Type.String({ pattern: "^[a-z][a-z0-9-]{0,31}$", description: "A name for the group; not `weights`." }),
    match: Type.String({
      minLength: 1,
      maxLength: 200,
      description: "Regular expression on the names of parameters; the first group that fits has it.",
    }),
    learningRateFactor: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1e3, description: "On the schedule's rate; default 1." }),
    ),
    learningRate: Type.Optional(
      Type.Number({ minimum: 0, maximum: 10, description: "A constant rate in the place of the schedule's." }),
    ),
    weightDecay: Type.Optional(decay("In place of the settings' own.")),
    clipNorm: Type.Optional(positive("Longest gradient of the group.")),
  },
  "Parameters that are moved in their own way.",
);

const fields = {
  network: oneKind(networkSchemas, "Architecture; the plan says its stages."),
  deepSupervision: Type.Boolean({ description: "Also compare the coarser outputs, each with half the weight." }),
  loss: record(
    {
      terms: Type.Array(oneKind(lossSchemas, "A loss."), { minItems: 1, maxItems: 8, description: "Added up." }),
      patchWeights: Type.Optional(
        Type.Array(oneKind(weightingSchemas, "A way to weigh patches."), {
          maxItems: 2,
          description:
            "What each patch of a batch counts; all the same when left out. Losses are then taken patch by patch.",
        }),
      ),
      logitAdjustment: Type.Optional(
        Type.Number({ minimum: 0, maximum: 10, description: "tau: what the log frequency of classes counts." }),
      ),
    },
    "What the network is told it got wrong.",
  ),
  sampling: samplingSchema,
  augmentation: augmentationSchema,
  optimiser: oneKind(optimiserSchemas, "How weights are moved."),
  learningRate: positive("Greatest learning rate."),
  schedule: oneKind(scheduleSchemas, "How the learning rate falls."),
  warmUpSteps: steps("Steps in which the learning rate rises to its greatest.", 0),
  weightDecay: decay("Pull of the weights to 0."),
  groups: Type.Array(group, { maxItems: 16 }),
  clipNorm: positive("Longest gradient; longer ones are shortened to it."),
  averageDecay: Type.Union([Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }), Type.Null()], {
    description: "Of the moving average of the weights, which is what is validated and delivered; null keeps none.",
  }),
  steps: steps("Steps in all."),
  validateEvery: steps("Steps between two validations; a checkpoint is written at each."),
  validationCases: Type.Integer({ minimum: 1, maximum: 100_000, description: "At most so many cases, evenly drawn." }),
  alarmAfter: Type.Integer({ minimum: 1, maximum: 1000, description: "Validations at Dice 0 that raise the alarm." }),
  deliver: oneWord(
    ["best", "last"],
    "The weights with the best validation Dice, or those of the last step: what held-out cases chose flatters itself on them.",
  ),
  seed: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  recompute: Type.Boolean({ description: "Compute each block twice: about half the memory, a third more time." }),
};

const imbalance = Type.Optional(
  Type.Array(Type.String({ maxLength: 64 }), {
    maxItems: 8,
    description: "Methods against imbalance by name, which change the other settings; rarevox models list has them.",
  }),
);

/** JSON Schema of a person's training settings: all of them may be left out. */
export const trainingConfigSchema = Type.Object(
  {
    schema: Type.Literal(`rarevox-training/${TRAINING_VERSION}`, { description: "Version of this format." }),
    name: Type.Optional(textUpTo(64, "For people.")),
    imbalance,
    ...Type.Partial(Type.Object(fields)).properties,
  },
  {
    $id: `urn:rarevox:training-config:${TRAINING_VERSION}`,
    title: "rarevox training settings",
    description: "How a network is trained; what is left out has a default.",
    additionalProperties: false,
  },
);

const complete = Type.Object(fields);

/** What one of several ways to train may say otherwise; network, steps, seed and what is delivered are chosen elsewhere. */
export const trainingOverridesSchema = Type.Object(
  { ...Type.Partial(Type.Omit(complete, ["network", "steps", "seed", "deliver"])).properties, imbalance },
  { additionalProperties: false, description: "Training settings in the place of those said farther out." },
);

/** What a stage of a cascade may say; the seed is one for all, and the weights of the last step are delivered. */
export const stageTrainingSchema = Type.Object(
  { ...Type.Partial(Type.Omit(complete, ["seed", "deliver"])).properties, imbalance },
  { additionalProperties: false, description: "Training settings of a network; what is left out has a default." },
);

/** Training settings with every default filled in. */
export type TrainingConfig = Frozen<Static<typeof complete>>;

/** Training settings as a person gives them. */
export type PartialTrainingConfig = Frozen<Partial<Static<typeof complete>>> & {
  /** Methods against imbalance by name; see `withImbalance`. */
  readonly imbalance?: readonly string[];
};
