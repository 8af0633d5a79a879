import { type Static, Type } from "@sinclair/typebox";
import type { Frozen } from "../frozen.ts";
import type { DenseNetSizes } from "./densenet-encoder.ts";

/** Settings of a DenseNet by the name of a published one, each of its sizes open to change. */
export const denseNetSettings = Type.Object(
  {
    name: Type.Optional(
      Type.Unsafe<keyof typeof published>({
        type: "string",
        enum: ["densenet121", "densenet169", "densenet201"],
        description: "Which of DenseNet's published depths.",
      }),
    ),
    blocks: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 64 }), {
        minItems: 2,
        maxItems: 6,
        description: "Dense layers of each block, in place of the published; there is one halving more than blocks.",
      }),
    ),
    growth: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 256, description: "Channels that a dense layer adds; default 32." }),
    ),
    initial: Type.Optional(
      Type.Integer({ minimum: 2, maximum: 512, description: "Channels of the first convolution; default 64." }),
    ),
  },
  { additionalProperties: false, description: "The encoder." },
);

const published = {
  densenet121: [6, 12, 24, 16],
  densenet169: [6, 12, 32, 32],
  densenet201: [6, 12, 48, 32],
} as const;

/** Sizes that settings ask for. Source: Huang 2017, arXiv:1608.06993, table 1 */
export function denseNetSizes(
  { name, blocks, growth = 32, initial = 64 }: Frozen<Static<typeof denseNetSettings>>,
  usual: keyof typeof published,
): DenseNetSizes {
  return { blocks: blocks ?? published[name ?? usual], growth, initial };
}
