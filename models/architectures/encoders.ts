import { type Static, Type } from "@sinclair/typebox";
import type { Frozen } from "../frozen.ts";
import type { Value } from "../graph/builder.ts";
import { denseNetEncoder } from "../layers/densenet-encoder.ts";
import { denseNetSettings, denseNetSizes } from "../layers/densenet-settings.ts";
import type { Parameters } from "../layers/parameters.ts";
import type { NetworkContext } from "./architecture.ts";
import { unetEncoder } from "./unet.ts";

/** A feature map of an encoder, and how much coarser than the one before, or than the image, it is. */
export interface EncoderLevel {
  readonly value: Value;
  readonly stride: readonly number[];
}

/** An encoder by name, for networks that work over any. */
interface EncoderRow {
  readonly name: string;
  /** Feature maps, finest first. */
  encode(
    image: Value,
    parameters: Parameters,
    options: { readonly settings: EncoderSettings; readonly stages: NetworkContext["stages"] },
  ): readonly EncoderLevel[];
}

const ofUnet =
  (encoder: "plain" | "residual"): EncoderRow["encode"] =>
  (image, parameters, { stages }) =>
    unetEncoder(image, parameters, { stages, encoder }).map((value, n) => ({ value, stride: stages[n].stride }));

/** Every encoder; a new one is a line here. */
const encoders: readonly EncoderRow[] = [
  { name: "unet", encode: ofUnet("plain") },
  { name: "residual", encode: ofUnet("residual") },
  {
    name: "densenet",
    encode: (image, parameters, { settings }) =>
      denseNetEncoder(image, parameters, denseNetSizes(settings.densenet ?? {}, "densenet121")),
  },
];

/** Settings of the encoder of a network that works over any. */
export const encoderSettings = Type.Object(
  {
    kind: Type.Unsafe<string>({
      type: "string",
      enum: encoders.map(({ name }) => name),
      description: "unet and residual: nnU-Net's, with the plan's stages; densenet: see the settings of the same name.",
    }),
    densenet: Type.Optional(denseNetSettings),
  },
  { additionalProperties: false, description: "What makes features of the image; default unet." },
);

/** Which encoder, and its sizes. */
export type EncoderSettings = Frozen<Static<typeof encoderSettings>>;

/**
 * Feature maps of an image, finest first.
 *
 * Shape:  [N, C, ...sides] -> [N, features, ...smaller sides] per level
 */
export function encoded(
  image: Value,
  parameters: Parameters,
  options: { readonly settings: EncoderSettings; readonly stages: NetworkContext["stages"] },
): readonly EncoderLevel[] {
  const row = encoders.find(({ name }) => name === options.settings.kind) ?? encoders[0];
  return row.encode(image, parameters, options);
}
