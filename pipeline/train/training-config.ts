import { parseJson } from "../bundle/json-schema.ts";
import { withImbalance } from "./imbalance.ts";
import { readSettings } from "./read-settings.ts";
import { type PartialTrainingConfig, type TrainingConfig, trainingConfigSchema } from "./training-schema.ts";

export {
  type PartialTrainingConfig,
  stageTrainingSchema,
  TRAINING_VERSION,
  type TrainingConfig,
  trainingConfigSchema,
  trainingOverridesSchema,
} from "./training-schema.ts";

/** What holds where a person says nothing: a few thousand steps on a CPU, where nnU-Net's SGD would need hundreds of thousands. */
const defaults: TrainingConfig = {
  network: { kind: "unet" },
  deepSupervision: true,
  loss: { terms: [{ kind: "cross-entropy" }, { kind: "dice" }] },
  sampling: { kind: "foreground" },
  augmentation: { preset: "nnunet" },
  optimiser: { kind: "adamw" },
  learningRate: 1e-3,
  schedule: { kind: "poly" },
  warmUpSteps: 50,
  weightDecay: 1e-2,
  groups: [],
  clipNorm: 12,
  averageDecay: 0.995,
  steps: 2000,
  validateEvery: 250,
  validationCases: 16,
  alarmAfter: 3,
  deliver: "best",
  seed: 1,
  recompute: false,
};

/**
 * Settings with the defaults in the place of what is left out, and with what the methods against imbalance change.
 *
 * Errors: ConfigError C_IMBALANCE
 */
export function completeConfig({ imbalance = [], ...given }: PartialTrainingConfig): TrainingConfig {
  return withImbalance({ ...defaults, ...given }, imbalance);
}

/**
 * Reads a person's training settings.
 *
 * Errors: ConfigError C_TRAINING that names the file, the JSON pointer, what was found and what is allowed
 */
export async function readTrainingConfig(path: string): Promise<TrainingConfig> {
  const {
    schema: _,
    name: __,
    ...given
  } = parseJson(await readSettings(path, "training settings"), trainingConfigSchema, {
    where: path,
    code: "C_TRAINING",
  });
  return completeConfig(given as PartialTrainingConfig);
}
