import { Type } from "@sinclair/typebox";
import type { Value } from "../graph/builder.ts";
import { add, concat, mul, relu, sigmoid } from "../graph/operators/index.ts";
import { batchNormalised } from "../layers/batch-norm.ts";
import { doublingConvolution } from "../layers/doubling-convolution.ts";
import { halvings } from "../layers/halvings.ts";
import type { Parameters } from "../layers/parameters.ts";
import { plainConvolution } from "../layers/plain-convolution.ts";
import { prelu } from "../layers/prelu.ts";
import { standardised } from "../layers/unetr-blocks.ts";
import type { Architecture, Network } from "./architecture.ts";

/** What makes one Attention U-Net differ from another. */
export interface AttentionUnetOptions {
  /** Classes or regions. */
  readonly outputs: number;
  /** Of each resolution, finest first; each has half the sides of the one before, where they are even. */
  readonly features?: readonly number[];
}

const FEATURES = [16, 32, 64, 128, 256];

/**
 * Attention U-Net in 2-D or 3-D: what comes up says where the skips count. No deep supervision.
 *
 * Parameters are named as in MONAI's AttentionUnet, whose weights it takes; dropout is 0 as there.
 *
 * Shape:  [N, C, ...sides] -> [N, outputs, ...sides]; an odd side is not halved
 * Source: Oktay 2018, arXiv:1804.03999, as MONAI has it, with gates at the skips' own resolution
 */
export function attentionUnet({ outputs, features = FEATURES }: AttentionUnetOptions): Network {
  return (image, parameters) => {
    const strides = halvings(image.shape.slice(2).map(Number), features.length - 1);
    return parameters.within("model", (model) => {
      const first = model.within("0", (inner) => twoConvolutions(image, inner, { features: features[0] }));
      const seen = model.within("1", (inner) => attended(first, inner, { features, strides }));
      model.observe("voxels", seen);
      return [model.within("2", (inner) => plainConvolution(seen, inner, { features: outputs, side: 1, bias: true }))];
    });
  };
}

function twoConvolutions(
  image: Value,
  parameters: Parameters,
  { features, stride }: { readonly features: number; readonly stride?: readonly number[] },
): Value {
  const convolved = (value: Value, n: number) =>
    parameters.within(`conv.${n}`, (inner) => {
      const options = { features, side: 3, bias: true, ...(n === 0 && stride !== undefined ? { stride } : {}) };
      return activated(plainConvolution(value, inner, options), inner);
    });
  return convolved(convolved(image, 0), 1);
}

function activated(value: Value, parameters: Parameters): Value {
  return relu(parameters.within("adn.N", (inner) => batchNormalised(value, inner)));
}

/** A resolution, those below it, and its skip where they say that it counts. */
function attended(
  image: Value,
  parameters: Parameters,
  { features, strides }: { readonly features: readonly number[]; readonly strides: readonly (readonly number[])[] },
): Value {
  const [own, below] = features;
  const [stride] = strides;
  const lower = parameters.within("submodule", (inner) => {
    const down = { features: below, stride };
    if (strides.length === 1) {
      const coarsest = twoConvolutions(image, inner, down);
      inner.observe("bottleneck", coarsest);
      return coarsest;
    }
    const coarse = inner.within("0", (first) => twoConvolutions(image, first, down));
    return inner.within("1", (second) =>
      attended(coarse, second, { features: features.slice(1), strides: strides.slice(1) }),
    );
  });
  const raised = parameters.within("upconv.up", (inner) => {
    const larger = inner.within("conv", (conv) => doublingConvolution(lower, conv, { features: own, stride }));
    return activated(larger, inner);
  });
  const skip = parameters.within("attention", (inner) => gated(image, raised, inner));
  return parameters.within("merge", (inner) => {
    const merged = plainConvolution(concat([skip, raised], { axis: 1 }), inner, { features: own, side: 3, bias: true });
    return inner.within("adn.A", (act) => prelu(standardised(merged), act));
  });
}

/** A skip times what the gate makes of it and of what comes up, between 0 and 1. */
function gated(skip: Value, raised: Value, parameters: Parameters): Value {
  const half = Math.floor(Number(skip.shape[1]) / 2);
  const projected = (name: string, value: Value, features: number) =>
    parameters.within(name, (inner) => {
      const made = inner.within("0", (conv) => plainConvolution(value, conv, { features, side: 1, bias: true }));
      return inner.within("1", (norm) => batchNormalised(made, norm));
    });
  const both = relu(add(projected("W_g", raised, half), projected("W_x", skip, half)));
  return mul(skip, sigmoid(projected("psi", both, 1)));
}

const settings = Type.Object(
  {
    kind: Type.Literal("attention-unet"),
    features: Type.Optional(
      Type.Unsafe<readonly number[]>(
        Type.Array(Type.Integer({ minimum: 2, maximum: 2048 }), {
          minItems: 2,
          maxItems: 8,
          description: "Of each resolution, finest first; default 16 32 64 128 256.",
        }),
      ),
    ),
  },
  { additionalProperties: false, description: "Attention U-Net in 2-D or 3-D." },
);

/** Attention U-Net; the plan's stages do not matter to it. */
export const attentionUnetArchitecture: Architecture<typeof settings> = {
  schema: settings,
  title: "Attention U-Net",
  source: "Oktay 2018, arXiv:1804.03999",
  variants: {
    "16 features": { kind: "attention-unet" },
    "64 features": { kind: "attention-unet", features: [64, 128, 256, 512, 1024] },
  },
  build: ({ kind: _, ...given }, { outputs }) => attentionUnet({ ...given, outputs }),
  encoder:
    ({ features = FEATURES }) =>
    (image, parameters) => {
      const sides = image.shape.slice(2).map(Number);
      const strides = [sides.map(() => 1), ...halvings(sides, features.length - 1)];
      let value = image;
      return features.map((width, level) => {
        const stride = strides[level];
        value = parameters.within(`${level}`, (inner) => twoConvolutions(value, inner, { features: width, stride }));
        return { value, stride };
      });
    },
};
