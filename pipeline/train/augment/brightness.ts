import { Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import { channelsOf } from "./patch.ts";
import { aboutOne, type Complete, interval, type PatchTransform, probability } from "./transform.ts";

export const brightnessSchema = record(
  { kind: Type.Literal("brightness"), probability, range: interval("factor.", { minimum: 0, maximum: 10 }) },
  "Multiply intensities.",
);

/** Multiplies each channel. Source: batchgeneratorsv2 `MultiplicativeBrightnessTransform` */
export const brightness: PatchTransform<Complete<typeof brightnessSchema>> = {
  role: "patch",
  defaults: { kind: "brightness", probability: 0.15, range: [0.75, 1.25] },
  applyInto: (patch, { range }, { random }) => {
    for (const channel of channelsOf(patch)) {
      const factor = aboutOne(random, range);
      for (let i = 0; i < channel.length; i++) channel[i] *= factor;
    }
  },
};
