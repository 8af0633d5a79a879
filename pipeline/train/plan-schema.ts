import { type Static, Type } from "@sinclair/typebox";
import { inputSchema, orientationSchema } from "../bundle/input-schema.ts";
import { labelClassesSchema } from "../bundle/manifest-schema.ts";
import { type Frozen, oneWord, record, textUpTo, triple } from "../bundle/schema-parts.ts";

/** Newest plan version that this program reads. */
export const PLAN_VERSION = 1;

const side = Type.Integer({ minimum: 1, maximum: 4096 });
const factor = Type.Integer({ minimum: 1, maximum: 8 });

const stage = record(
  {
    features: Type.Integer({ minimum: 1, maximum: 4096, description: "Channels." }),
    kernel: triple(Type.Integer({ minimum: 1, maximum: 15 }), "[D, H, W], odd."),
    stride: triple(factor, "[D, H, W] of the stage's first convolution; 1 keeps a side."),
    blocks: Type.Integer({ minimum: 1, maximum: 32, description: "Convolution or residual blocks in the encoder." }),
    decoderBlocks: Type.Optional(Type.Integer({ minimum: 1, maximum: 32, description: "In the decoder; default 2." })),
  },
  "A resolution of the network, finest first.",
);

const classFrequency = record(
  {
    id: Type.Integer({ minimum: 0, maximum: 65535 }),
    frequency: Type.Number({ minimum: 0, maximum: 1, description: "Share of the volume that somebody looked at." }),
    cases: Type.Integer({ minimum: 0, description: "Cases that hold it." }),
  },
  "How often a class is seen.",
);

/** JSON Schema of a training plan; also the source of `TrainingPlan`. */
export const planSchema = Type.Object(
  {
    schema: Type.Literal(`rarevox-plan/${PLAN_VERSION}`, { description: "Version of this format." }),
    dataset: textUpTo(200, "Name of the data set it was made for."),
    dimensions: Type.Union([Type.Literal(2), Type.Literal(3)], { description: "Of the network." }),
    modalities: Type.Array(Type.String({ pattern: "^[A-Z]{2,16}$" }), { minItems: 1, uniqueItems: true }),
    input: inputSchema,
    orientation: orientationSchema,
    spacingMm: triple(Type.Number({ minimum: 0.001, maximum: 100 }), "[D, H, W]"),
    interpolation: oneWord(["nearest", "linear", "cubic", "anisotropic"], "How images reach that spacing."),
    patch: triple(side, "[D, H, W] in voxels; D is 1 for a 2-D network."),
    batch: Type.Integer({ minimum: 1, maximum: 1024, description: "Patches per step." }),
    stages: Type.Array(stage, { minItems: 1, maxItems: 10 }),
    mirrorAxes: Type.Array(Type.Integer({ minimum: 0, maximum: 2 }), { uniqueItems: true, maxItems: 3 }),
    classes: labelClassesSchema,
    regions: Type.Optional(
      Type.Array(
        record(
          { name: textUpTo(64, "Name."), classIds: Type.Array(Type.Integer({ minimum: 1, maximum: 65535 })) },
          "A target made of several classes.",
        ),
        { minItems: 1 },
      ),
    ),
    ignoreLabel: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535 })),
    classFrequencies: Type.Array(classFrequency, { description: "Background first, then by id." }),
  },
  {
    $id: `urn:rarevox:training-plan:${PLAN_VERSION}`,
    title: "rarevox training plan",
    description: "What a data set's fingerprint says about how to train on it. Edit it, then train with it.",
    additionalProperties: false,
  },
);

/** A training plan, checked. */
export type TrainingPlan = Frozen<Static<typeof planSchema>>;
