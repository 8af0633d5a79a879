import { Type } from "@sinclair/typebox";
import { denseNetEncoder } from "../layers/densenet-encoder.ts";
import { denseNetSettings, denseNetSizes } from "../layers/densenet-settings.ts";
import type { Architecture } from "./architecture.ts";
import { decoderSettings, decoderWidths, denseUnet } from "./dense-unet.ts";

const settings = Type.Object(
  {
    kind: Type.Literal("self-onn-unet"),
    encoder: Type.Optional(denseNetSettings),
    decoder: decoderSettings,
    order: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 9, description: "Greatest power of an operational convolution; default 3." }),
    ),
    form: Type.Optional(
      Type.Unsafe<"plain" | "nested">({
        type: "string",
        enum: ["plain", "nested"],
        description: "nested fills the triangle between encoder and decoder as UNet++ does; default plain.",
      }),
    ),
  },
  { additionalProperties: false, description: "U-Net with operational convolutions over a DenseNet encoder." },
);

/** Stage 2 of the MR-enterography framework: one organ in its region. The order is FootSegONN's, the paper's is not known. */
export const selfOnnUnetArchitecture: Architecture<typeof settings> = {
  schema: settings,
  title: "Self-ONN U-Net over DenseNet",
  source: "arXiv:2604.17118, stage 2; arXiv:2004.11778",
  variants: {
    densenet121: { kind: "self-onn-unet" },
    nested: { kind: "self-onn-unet", form: "nested" },
  },
  build: ({ encoder = {}, decoder, order = 3, form = "plain" }, { outputs }) => {
    const sizes = denseNetSizes(encoder, "densenet121");
    return denseUnet({ encoder: sizes, decoder: decoderWidths(decoder, sizes), form, order, outputs });
  },
  encoder:
    ({ encoder = {} }) =>
    (image, parameters) =>
      denseNetEncoder(image, parameters, denseNetSizes(encoder, "densenet121")),
};
