import { Type } from "@sinclair/typebox";
import { className, minimumMl, oneKind, oneWord, record, slug, textUpTo, triple } from "./schema-parts.ts";

const offsetMm = Type.Number({ minimum: -2000, maximum: 2000 });
const share = Type.Number({ minimum: 0, maximum: 1 });

/** JSON Schema of a place to look in when the locating network finds nothing. */
export const priorSchema = oneKind(
  [
    record(
      {
        kind: Type.Literal("near"),
        region: slug("Region of which something has to be found."),
        startMm: triple(offsetMm, "[D, H, W] from the middle of the box around it."),
        stopMm: triple(offsetMm, "[D, H, W] from there."),
      },
      "A box that lies beside what was found for another region.",
    ),
    record(
      {
        kind: Type.Literal("field"),
        start: triple(share, "[D, H, W] as shares of the field of view's sides."),
        stop: triple(share, "[D, H, W] as shares of them."),
      },
      "A box that lies in the same part of any field of view.",
    ),
  ],
  "Where a structure usually is.",
);

/** JSON Schema of what happens to a region that a structure runs out of. */
export const widenSchema = record(
  {
    factor: Type.Number({
      exclusiveMinimum: 1,
      maximum: 10,
      description: "What the region's sides are multiplied by.",
    }),
    times: Type.Integer({ minimum: 0, maximum: 10, description: "How often it may be widened and segmented again." }),
  },
  "How a region grows that a structure runs out of; by its margin, at most twice, when left out.",
);

const region = record(
  {
    name: slug("Name for the segment stage."),
    classes: Type.Array(textUpTo(64, "An output channel of the locating network."), { minItems: 1, uniqueItems: true }),
    marginMm: triple(
      Type.Number({ minimum: 0, maximum: 500 }),
      "Added on both sides of the box. Units: mm, [D, H, W].",
    ),
    keep: oneWord(["largest", "all"], "Which connected components of the located voxels span the box."),
    minimumMl: Type.Optional(minimumMl),
    priors: Type.Optional(
      Type.Array(priorSchema, {
        minItems: 1,
        maxItems: 8,
        description:
          "Where to look when nothing is found, the first that can be told; the whole field of view after them.",
      }),
    ),
    widen: Type.Optional(widenSchema),
  },
  "A box around what the locating network found.",
);

/** JSON Schema of a bundle's stages. */
export const stagesSchema = record(
  {
    locate: Type.Optional(
      record(
        { network: slug("Network that sees the whole field of view."), regions: Type.Array(region, { minItems: 1 }) },
        "Coarse stage: where the fine networks look.",
      ),
    ),
    segment: Type.Array(
      record(
        {
          network: slug("Network to run."),
          region: Type.Optional(slug("Region to run it in; the whole field of view when left out.")),
          classes: Type.Optional(
            Type.Array(className, {
              minItems: 1,
              uniqueItems: true,
              description: "Classes it decides; all when absent.",
            }),
          ),
        },
        "One network's share.",
      ),
      { minItems: 1 },
    ),
    conflicts: Type.Optional(
      oneWord(
        ["later", "most-probable"],
        "Who gets a voxel that several entries claim: the later one (default), or the one whose network finds its class " +
          "most probable; of equals the one that the locating network names there, else the earlier.",
      ),
    ),
  },
  "Which network runs where. One network alone: a single entry under `segment`.",
);
