import { type Static, Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import { type BatchCase, oneOf, type Sampler } from "./sampler.ts";

export const foregroundSchema = record(
  {
    kind: Type.Literal("foreground"),
    share: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "Of each batch; default 0.33." })),
  },
  "As nnU-Net: a case, then anywhere in it; the last patches of a batch about a voxel of one of its classes.",
);

/** Draws a case, and for the last patches of a batch one of its classes. Source: nnU-Net, `oversample_foreground_percent` */
export function foregroundSampler(
  { share = 0.33 }: Static<typeof foregroundSchema>,
  { cases }: { readonly cases: readonly BatchCase[] },
): Sampler {
  return ({ position, size }, random) => {
    const chosen = oneOf(cases, random);
    const isForced = position >= Math.round(size * (1 - share));
    return isForced && chosen.classIds.length > 0 ? { chosen, classId: oneOf(chosen.classIds, random) } : { chosen };
  };
}
