import { Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import { channelsOf } from "./patch.ts";
import { between, type Complete, interval, type PatchTransform, probability } from "./transform.ts";

export const gaussianNoiseSchema = record(
  {
    kind: Type.Literal("gaussian-noise"),
    probability,
    range: interval("standard deviation, in units of the prepared image.", { minimum: 0, maximum: 10 }),
  },
  "Add normal noise.",
);

/**
 * Adds noise, the same to every channel.
 *
 * Source: batchgeneratorsv2 `GaussianNoiseTransform`; what it calls a variance is used as a standard deviation there too
 */
export const gaussianNoise: PatchTransform<Complete<typeof gaussianNoiseSchema>> = {
  role: "patch",
  defaults: { kind: "gaussian-noise", probability: 0.1, range: [0, 0.1] },
  applyInto: (patch, { range }, { random }) => {
    const deviation = between(random, range);
    const [first, ...others] = channelsOf(patch);
    for (let i = 0; i < first.length; i++) {
      const noise = deviation * random.normal();
      first[i] += noise;
      for (const other of others) other[i] += noise;
    }
  },
};
