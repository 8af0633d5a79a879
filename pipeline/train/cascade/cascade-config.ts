import { type Static, Type } from "@sinclair/typebox";
import { parseJson } from "../../bundle/json-schema.ts";
import { className, type Frozen, oneWord, record, slug, textUpTo } from "../../bundle/schema-parts.ts";
import { widenSchema } from "../../bundle/stages-schema.ts";
import { planOptionsSchema } from "../plan/plan-options.ts";
import { readSettings } from "../read-settings.ts";
import { type PartialTrainingConfig, stageTrainingSchema } from "../training-config.ts";

/** Newest version of cascade settings that this program reads. */
export const CASCADE_VERSION = 1;

/** The schema of a stage's training settings, which is long, under the root's `$defs`. */
export const stageTrainingDefs = { stageTraining: stageTrainingSchema };

const config = Type.Unsafe<Static<typeof stageTrainingSchema>>({ $ref: "#/$defs/stageTraining" });
const millimetres = (description: string) => Type.Number({ minimum: 0, maximum: 500, description });
const share = (description: string, most = 1) => Type.Number({ minimum: 0, maximum: most, description });

const network = { plan: Type.Optional(planOptionsSchema), config: Type.Optional(config) };

const coarse = record(
  {
    ...network,
    shrink: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 16,
        description:
          "The network's voxels have at least this times the finest side of those of the fine networks; default 2. " +
          "`plan/spacingMm` overrules it.",
      }),
    ),
    folds: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 20,
        description:
          "Networks that are each trained without a share of the training cases, to find the regions of these; default 3.",
      }),
    ),
  },
  "The network that sees the whole field of view at low resolution.",
);

const stage = record(
  {
    name: slug("Of the region and its network; not `coarse`."),
    classes: Type.Array(className, { minItems: 1, uniqueItems: true, description: "What it is to find, by name." }),
    ...network,
  },
  "A network that looks in the region of one structure or of several.",
);

const regions = record(
  {
    keep: Type.Optional(
      oneWord(
        ["largest", "all", "tighter"],
        "Which components of what the coarse network found span a region: the largest of each class, all, or (default) " +
          "whichever of the two, with the margin it needs, makes the smaller regions in the training cases.",
      ),
    ),
    minimumShare: Type.Optional(
      share("Smaller components do not count: share of the structure's median volume; default 0.05."),
    ),
    cover: Type.Optional(
      share("Share of the training cases whose structure the margin is to take in, along each axis; default 0.99."),
    ),
    leastMm: Type.Optional(millimetres("Smallest margin; by default one voxel of the coarse network along each axis.")),
    mostMm: Type.Optional(millimetres("Largest margin; default 50.")),
    jitter: Type.Optional(
      share(
        "By how much of the region's side each face of a training case's region is moved at most; default 0.1.",
        0.4,
      ),
    ),
    crops: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 16, description: "Regions drawn so for each training case; default 2." }),
    ),
    widen: Type.Optional(widenSchema),
  },
  "How regions are made of what the coarse network finds.",
);

const fields = {
  coarse: Type.Optional(coarse),
  fine: Type.Optional(record(network, "What all stages have in common.")),
  stages: Type.Optional(
    Type.Array(stage, {
      minItems: 1,
      maxItems: 63,
      description: "Default one for each class. The coarse network decides on classes that no stage has.",
    }),
  ),
  regions: Type.Optional(regions),
};

/** JSON Schema of a cascade where it is part of other settings, whose root has `stageTrainingDefs`. */
export const cascadeSettingsSchema = record(fields, "A coarse network, and fine ones in the regions that it finds.");

/** JSON Schema of a person's settings of a cascade. */
export const cascadeConfigSchema = Type.Object(
  {
    schema: Type.Literal(`rarevox-cascade/${CASCADE_VERSION}`, { description: "Version of this format." }),
    name: Type.Optional(textUpTo(64, "For people.")),
    ...fields,
    seed: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Of all networks; default 1." }),
    ),
  },
  {
    $id: `urn:rarevox:cascade-config:${CASCADE_VERSION}`,
    title: "rarevox cascade settings",
    description: "How a coarse network and fine ones in the regions that it finds are trained.",
    additionalProperties: false,
    $defs: stageTrainingDefs,
  },
);

/** Settings of a cascade as a person gives them. */
export type PartialCascadeConfig = Frozen<Static<typeof cascadeSettingsSchema>> & { readonly seed?: number };

/** How regions are made, with every default filled in; `leastMm` has none of its own. */
export type RegionSettings = Required<Omit<NonNullable<PartialCascadeConfig["regions"]>, "leastMm">> & {
  readonly leastMm?: number | undefined;
};

/** Settings of a cascade with every default filled in. */
export interface CascadeConfig {
  readonly coarse: Required<NonNullable<PartialCascadeConfig["coarse"]>>;
  readonly fine: Required<NonNullable<PartialCascadeConfig["fine"]>>;
  /** One for each class when left out. */
  readonly stages?: PartialCascadeConfig["stages"];
  readonly regions: RegionSettings;
  readonly seed: number;
}

/** Rare structures have to be found at all before they can be cut out: classes count by how rare they are. */
const coarseTraining: PartialTrainingConfig = {
  loss: { terms: [{ kind: "cross-entropy", classWeights: { kind: "median-frequency" } }, { kind: "dice" }] },
  steps: 1000,
};

const fineTraining: PartialTrainingConfig = { steps: 1000 };

/** Settings with the defaults in the place of what is left out. */
export function completeCascade({ coarse, fine, stages, regions, seed = 1 }: PartialCascadeConfig): CascadeConfig {
  return {
    coarse: { shrink: 2, folds: 3, plan: {}, ...coarse, config: { ...coarseTraining, ...coarse?.config } },
    fine: { plan: {}, ...fine, config: { ...fineTraining, ...fine?.config } },
    ...(stages === undefined ? {} : { stages }),
    regions: {
      keep: "tighter",
      minimumShare: 0.05,
      cover: 0.99,
      mostMm: 50,
      jitter: 0.1,
      crops: 2,
      widen: { factor: 1.5, times: 2 },
      ...regions,
    },
    seed,
  };
}

/**
 * Reads a person's settings of a cascade.
 *
 * Errors: ConfigError C_CASCADE that names the file, the JSON pointer, what was found and what is allowed; C_FILE
 */
export async function readCascadeConfig(path: string): Promise<CascadeConfig> {
  const bytes = await readSettings(path, "settings of a cascade");
  const { schema: _, name: __, ...given } = parseJson(bytes, cascadeConfigSchema, { where: path, code: "C_CASCADE" });
  return completeCascade(given);
}
