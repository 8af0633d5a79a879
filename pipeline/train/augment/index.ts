import { type Static, Type } from "@sinclair/typebox";
import { type Frozen, oneKind, oneWord, record } from "../../bundle/schema-parts.ts";
import { biasField, biasFieldSchema } from "./bias-field.ts";
import { brightness, brightnessSchema } from "./brightness.ts";
import { contrast, contrastSchema } from "./contrast.ts";
import { type CopyPasteSettings, copyPaste, copyPasteSchema } from "./copy-paste.ts";
import { gamma, gammaSchema, invertedGamma, invertedGammaSchema } from "./gamma.ts";
import { gaussianBlur, gaussianBlurSchema } from "./gaussian-blur.ts";
import { gaussianNoise, gaussianNoiseSchema } from "./gaussian-noise.ts";
import { lowResolution, lowResolutionSchema } from "./low-resolution.ts";
import { mirror, mirrorSchema } from "./mirror.ts";
import { rotation, rotationSchema } from "./rotation.ts";
import { scaling, scalingSchema } from "./scaling.ts";
import type { GeometryTransform, PasteTransform, PatchTransform, TransformSettings } from "./transform.ts";

/** Every transform, in the order in which they are applied, with the schema of its settings. */
const registry = [
  { transform: copyPaste, schema: copyPasteSchema },
  { transform: rotation, schema: rotationSchema },
  { transform: scaling, schema: scalingSchema },
  { transform: biasField, schema: biasFieldSchema },
  { transform: gaussianNoise, schema: gaussianNoiseSchema },
  { transform: gaussianBlur, schema: gaussianBlurSchema },
  { transform: brightness, schema: brightnessSchema },
  { transform: contrast, schema: contrastSchema },
  { transform: lowResolution, schema: lowResolutionSchema },
  { transform: invertedGamma, schema: invertedGammaSchema },
  { transform: gamma, schema: gammaSchema },
  { transform: mirror, schema: mirrorSchema },
] as const;

type AnyTransform = PasteTransform | GeometryTransform | PatchTransform;

/** Transforms in the order in which they are applied. */
export const transforms: readonly AnyTransform[] = registry.map(
  ({ transform }) => transform as unknown as AnyTransform,
);

type Kind = (typeof registry)[number]["transform"]["defaults"]["kind"];

const intensities: readonly Kind[] = [
  "gaussian-noise",
  "gaussian-blur",
  "brightness",
  "contrast",
  "low-resolution",
  "inverted-gamma",
  "gamma",
];
const nnunet: readonly Kind[] = ["rotation", "scaling", ...intensities, "mirror"];

/** Kinds of transforms by the name of their list. */
const presets = {
  none: [],
  light: [...intensities, "mirror"],
  nnunet,
  "nnunet-mr": [...nnunet, "bias-field"],
} as const satisfies Readonly<Record<string, readonly Kind[]>>;

/** JSON Schema of augmentation settings. */
export const augmentationSchema = record(
  {
    preset: oneWord(Object.keys(presets) as (keyof typeof presets)[], "List of transforms to start from."),
    transforms: Type.Optional(
      Type.Array(
        oneKind(
          registry.map(({ schema }) => schema),
          "A transform that the list lacks, or other settings of one that it has; probability 0 takes it away.",
        ),
        { maxItems: 32 },
      ),
    ),
  },
  "How patches are changed before the network sees them.",
);

/** Augmentation settings as a person gives them. */
export type AugmentationSettings = Frozen<Static<typeof augmentationSchema>>;

/** A transform with all its settings. */
export interface ChosenTransform {
  readonly transform: AnyTransform;
  readonly settings: TransformSettings;
}

/** The transforms that settings ask for, in the order in which they are applied. */
export function transformsOf({ preset, transforms: own = [] }: AugmentationSettings): readonly ChosenTransform[] {
  const kinds: readonly string[] = presets[preset];
  return transforms.flatMap((transform) => {
    const { kind } = transform.defaults;
    const given = own.findLast((one) => one.kind === kind);
    if (given === undefined && !kinds.includes(kind)) return [];
    const settings = { ...transform.defaults, ...given };
    return settings.probability > 0 ? [{ transform, settings }] : [];
  });
}

/** Settings of pasting, where it is asked for. */
export function copyPasteOf(chosen: readonly ChosenTransform[]): CopyPasteSettings | undefined {
  return chosen.find(({ transform }) => transform.role === "paste")?.settings as CopyPasteSettings | undefined;
}
