import { Type } from "@sinclair/typebox";
import { denseNetEncoder } from "../layers/densenet-encoder.ts";
import { denseNetSettings, denseNetSizes } from "../layers/densenet-settings.ts";
import type { Architecture } from "./architecture.ts";
import { decoderSettings, decoderWidths, denseUnet } from "./dense-unet.ts";

const settings = Type.Object(
  { kind: Type.Literal("unet-plus-plus"), encoder: Type.Optional(denseNetSettings), decoder: decoderSettings },
  { additionalProperties: false, description: "UNet++ over a DenseNet encoder." },
);

/** Stage 1 of the MR-enterography framework: coarse masks of all organs. */
export const unetPlusPlusArchitecture: Architecture<typeof settings> = {
  schema: settings,
  title: "UNet++ over DenseNet",
  source: "arXiv:2604.17118, stage 1; arXiv:1807.10165",
  variants: {
    densenet201: { kind: "unet-plus-plus" },
    densenet169: { kind: "unet-plus-plus", encoder: { name: "densenet169" } },
    densenet121: { kind: "unet-plus-plus", encoder: { name: "densenet121" } },
  },
  build: ({ encoder = {}, decoder }, { outputs }) => {
    const sizes = denseNetSizes(encoder, "densenet201");
    return denseUnet({ encoder: sizes, decoder: decoderWidths(decoder, sizes), form: "nested", outputs });
  },
  encoder:
    ({ encoder = {} }) =>
    (image, parameters) =>
      denseNetEncoder(image, parameters, denseNetSizes(encoder, "densenet201")),
};
