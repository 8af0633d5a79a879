import { type Static, Type } from "@sinclair/typebox";
import type { Frozen } from "../frozen.ts";
import { naturalSelection } from "./natural-selection.ts";
import type { PatchWeighting } from "./patch-weights.ts";
import { weightNetwork } from "./weight-network.ts";

const factor = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 10, description }));

/** Schemas of the settings of every way to weigh patches, told apart by `kind`. */
export const weightingSchemas = [
  Type.Object(
    {
      kind: Type.Literal("natural-selection"),
      group: Type.Optional(
        Type.Unsafe<2 | 4>({ type: "integer", enum: [2, 4], description: "Patches of a mosaic; default 2." }),
      ),
      favours: Type.Optional(
        Type.Unsafe<"losers" | "winners">({
          type: "string",
          enum: ["losers", "winners"],
          description: "Whether patches that do badly in a mosaic count more (default), or those that do well.",
        }),
      ),
      base: factor("What every patch counts; default 1."),
      strength: factor("How much the competition moves that; default 1."),
    },
    { additionalProperties: false, description: "Patches compete in a mosaic that the network segments once more." },
  ),
  Type.Object(
    {
      kind: Type.Literal("weight-network"),
      learningRate: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, description: "Default 1e-3." })),
      weightDecay: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "Default 1e-4." })),
    },
    { additionalProperties: false, description: "A small network learns what a patch counts from its loss." },
  ),
] as const;

/** A way to weigh patches, and its settings. */
export type WeightingSettings = Frozen<Static<(typeof weightingSchemas)[number]>>;

/** The weighting that settings describe. */
export function weightingFrom(settings: WeightingSettings): PatchWeighting {
  return settings.kind === "natural-selection" ? naturalSelection(settings) : weightNetwork(settings);
}
