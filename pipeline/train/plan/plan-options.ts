import { type Static, Type } from "@sinclair/typebox";
import { type Frozen, record, triple } from "../../bundle/schema-parts.ts";

const whole = (description: string, most: number) => Type.Integer({ minimum: 1, maximum: most, description });

/** JSON Schema of what a plan is told instead of finding it in the data. */
export const planOptionsSchema = record(
  {
    dimensions: Type.Optional(
      Type.Union([Type.Literal(2), Type.Literal(3)], {
        description: "Of the network; 3 unless every image is a single slice.",
      }),
    ),
    features: Type.Optional(whole("Channels of the network's finest stage; doubled from stage to stage.", 4096)),
    spacingMm: Type.Optional(
      triple(
        Type.Number({ minimum: 0.001, maximum: 100 }),
        "[D, H, W] of the network's grid; by the rules if left out.",
      ),
    ),
    voxelsPerStep: Type.Optional(
      whole("Voxels that one step may hold at the finest stage, all patches together.", 1_000_000_000),
    ),
  },
  "What the plan is told; the rest it finds in the data.",
);

/** What a person may want otherwise than the rules have it. */
export type PlanOptions = Frozen<Static<typeof planOptionsSchema>>;
