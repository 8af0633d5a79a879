import { Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import { momentsOf } from "../../kernels/statistics.ts";
import { channelsOf } from "./patch.ts";
import { aboutOne, type Complete, interval, type PatchTransform, probability } from "./transform.ts";

const range = interval("exponent.", { minimum: 0.05, maximum: 20 });

export const gammaSchema = record(
  { kind: Type.Literal("gamma"), probability, range },
  "Raise intensities, scaled to 0..1, to a power; mean and deviation stay.",
);

export const invertedGammaSchema = record(
  { kind: Type.Literal("inverted-gamma"), probability, range },
  "The same on the negative image.",
);

/** Bends dark against bright. Source: batchgeneratorsv2 `GammaTransform`, statistics retained */
export const gamma: PatchTransform<Complete<typeof gammaSchema>> = {
  role: "patch",
  defaults: { kind: "gamma", probability: 0.3, range: [0.7, 1.5] },
  applyInto: (patch, { range }, { random }) => {
    for (const channel of channelsOf(patch)) bendInto(channel, { exponent: aboutOne(random, range), sign: 1 });
  },
};

/** Bends bright against dark. Source: as `gamma`, image inverted before and after */
export const invertedGamma: PatchTransform<Complete<typeof invertedGammaSchema>> = {
  role: "patch",
  defaults: { kind: "inverted-gamma", probability: 0.1, range: [0.7, 1.5] },
  applyInto: (patch, { range }, { random }) => {
    for (const channel of channelsOf(patch)) bendInto(channel, { exponent: aboutOne(random, range), sign: -1 });
  },
};

/**
 * Raises values, scaled to 0..1 from their lowest (`sign` 1) or highest (-1) on, to a power, then gives them back their
 * mean and standard deviation.
 *
 * Empty:  equal values stay as they are
 */
export function bendInto(voxels: Float32Array, { exponent, sign }: { exponent: number; sign: 1 | -1 }): void {
  const { mean, std, min, max } = momentsOf(voxels);
  const span = max - min;
  if (!(span > 0)) return;
  const from = sign > 0 ? min : max;
  for (let i = 0; i < voxels.length; i++) voxels[i] = sign * ((sign * (voxels[i] - from)) / span) ** exponent;
  const bent = momentsOf(voxels);
  const factor = std / bent.std;
  for (let i = 0; i < voxels.length; i++) voxels[i] = mean + factor * (voxels[i] - bent.mean);
}
