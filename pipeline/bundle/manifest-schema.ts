import { type Static, Type } from "@sinclair/typebox";
import { inputSchema, orientationSchema } from "./input-schema.ts";
import {
  className,
  type Frozen,
  minimumMl,
  oneKind,
  oneWord,
  record,
  relativePath,
  slug,
  textUpTo,
  triple,
} from "./schema-parts.ts";
import { stagesSchema } from "./stages-schema.ts";

/** Newest manifest version that this program reads. */
export const MANIFEST_VERSION = 1;

/** Channel of a network's output that stands for none of the classes. */
export const BACKGROUND = "background";

/** The file that makes a folder a bundle. */
export const MANIFEST_FILE = "bundle.json";

const side = Type.Integer({ minimum: 1, maximum: 4096 });
const positiveMm = Type.Number({ minimum: 0.001, maximum: 100 });

const codedConcept = (description: string) =>
  record(
    {
      scheme: Type.String({ pattern: "^[A-Z0-9_]{1,16}$", description: "Coding scheme designator, such as SCT." }),
      value: Type.String({ pattern: "^[A-Za-z0-9.-]{1,16}$", description: "Code value, such as 66754008." }),
      meaning: textUpTo(64, "Code meaning, such as Appendix."),
    },
    description,
  );

const labelClass = record(
  {
    id: Type.Integer({ minimum: 1, maximum: 65535, description: "Voxel value in the label map; 0 is background." }),
    name: textUpTo(64, "Name for people and for the rest of this manifest, such as appendix."),
    colorRgb: triple(Type.Integer({ minimum: 0, maximum: 255 }), "Display colour, sRGB."),
    category: Type.Optional(codedConcept("Segmented property category, DICOM CID 7150. A DICOM SEG needs it.")),
    type: Type.Optional(codedConcept("Segmented property type, DICOM CID 7151. A DICOM SEG needs it.")),
    laterality: Type.Optional(codedConcept("Modifier of the type, such as SCT 24028007 Right.")),
  },
  "A class of the label map.",
);

/** What a label map's values mean. */
export const labelClassesSchema = Type.Array(labelClass, {
  minItems: 1,
  maxItems: 1024,
  description: "What the label map's values mean.",
});

const patch = oneKind(
  [
    record(
      { kind: Type.Literal("fixed"), size: triple(side, "[D, H, W] in voxels; D is 1 for a 2-D network.") },
      "The one size that the network takes; smaller images are centred and padded.",
    ),
    record(
      {
        kind: Type.Literal("multiple-of"),
        step: triple(side, "[D, H, W]: each side is a multiple of it."),
        largest: triple(side, "[D, H, W]: a bigger image is cut into patches of this size."),
      },
      "Any size that `step` divides.",
    ),
  ],
  "Sizes that the network takes.",
);

const output = record(
  {
    kind: oneWord(
      ["logits", "probabilities", "sigmoid", "sigmoid-logits"],
      "logits and probabilities: the greatest channel wins. sigmoid: a channel above 0.5 claims the voxel, a later " +
        "channel overrules an earlier one. sigmoid-logits: the same with 0 as the border.",
    ),
    channels: Type.Array(textUpTo(64, "A class's name, or background."), {
      minItems: 1,
      maxItems: 1024,
      uniqueItems: true,
      description: "What each channel of the output stands for, in order.",
    }),
  },
  "The network's output.",
);

const network = record(
  {
    name: slug("Name for the stages below."),
    file: relativePath("ONNX file, relative to the bundle's folder."),
    spacingMm: Type.Union(
      [Type.Literal("as-stored"), triple(Type.Union([positiveMm, Type.Null()]), "[D, H, W]; null keeps an axis.")],
      { description: "Voxel spacing of the network's input in mm, [D, H, W], or `as-stored`." },
    ),
    interpolation: oneWord(
      ["nearest", "linear", "cubic", "anisotropic"],
      "How images reach that spacing; anisotropic is cubic in plane and nearest through thick slices, as in nnU-Net.",
    ),
    normalise: oneWord(["before-resampling", "after-resampling"], "When intensities are normalised."),
    patch,
    overlap: Type.Number({ minimum: 0, maximum: 0.95, description: "Share of a patch that its neighbour covers too." }),
    mirrorAxes: Type.Array(Type.Integer({ minimum: 0, maximum: 2 }), {
      uniqueItems: true,
      maxItems: 3,
      description: "Axes that test-time augmentation may mirror, 0 = D; empty where left and right differ.",
    }),
    output,
    classBias: Type.Optional(
      Type.Record(className, Type.Number(), {
        description:
          "What the graph adds to the attention of each class, as dynamic focal attention learnt it; for people.",
      }),
    ),
  },
  "A network: an ONNX file with one input, whose first output is used, and how to feed it.",
);

const refine = Type.Array(
  record(
    {
      class: className,
      keep: Type.Optional(oneWord(["largest", "all"], "Connected components kept.")),
      minimumMl: Type.Optional(minimumMl),
      minimumVoxels: Type.Optional(Type.Integer({ minimum: 0, description: "The same in voxels of the result." })),
      fillHoles: Type.Optional(Type.Boolean({ description: "Whether enclosed background joins the class." })),
    },
    "Clean-up of one class.",
  ),
  { description: "Post-processing of the label map, class by class." },
);

const training = record(
  {
    method: textUpTo(2000, "How the weights came about, in words: trained, fine-tuned, built by hand."),
    data: Type.Optional(textUpTo(2000, "Data set and its licence.")),
    cases: Type.Optional(Type.Integer({ minimum: 0 })),
    date: Type.Optional(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" })),
    software: Type.Optional(textUpTo(200, "Program and version.")),
    settings: Type.Optional(
      Type.Record(
        Type.String({ pattern: "^[A-Za-z][A-Za-z0-9]{0,63}$" }),
        Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
        { description: "Whatever else the trainer wants kept." },
      ),
    ),
  },
  "Where the weights come from.",
);

const score = record(
  {
    class: className,
    metric: textUpTo(64, "Such as dice or surface-dice-1mm."),
    mean: Type.Number(),
    std: Type.Optional(Type.Number({ minimum: 0 })),
    cases: Type.Optional(Type.Integer({ minimum: 1 })),
    data: textUpTo(500, "What it was measured on."),
  },
  "One measured figure.",
);

const listedFile = record(
  {
    path: relativePath("Relative to the bundle's folder."),
    bytes: Type.Integer({ minimum: 0 }),
    sha256: Type.String({ pattern: "^[0-9a-f]{64}$", description: "Hexadecimal SHA-256 of the whole file." }),
  },
  "A file of the bundle.",
);

/** JSON Schema of a bundle's manifest; also the source of `BundleManifest`. */
export const manifestSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String({ maxLength: 500, description: "For editors; ignored." })),
    schema: Type.Literal(`rarevox-bundle/${MANIFEST_VERSION}`, { description: "Version of this format." }),
    name: slug("Such as abdomen-phantom."),
    version: Type.String({
      pattern: "^\\d+\\.\\d+\\.\\d+(?:[-+][0-9A-Za-z.+-]{1,64})?$",
      description: "Semantic version.",
    }),
    license: textUpTo(200, "SPDX expression of the weights' licence."),
    citation: Type.Optional(textUpTo(2000, "What to cite.")),
    intendedUse: textUpTo(2000, "What the networks are for, and what they are not for."),
    modalities: Type.Array(Type.String({ pattern: "^[A-Z]{2,16}$" }), {
      minItems: 1,
      uniqueItems: true,
      description: "DICOM modality codes that the networks understand, such as CT or MR.",
    }),
    classes: labelClassesSchema,
    input: inputSchema,
    orientation: orientationSchema,
    networks: Type.Array(network, { minItems: 1, maxItems: 64 }),
    stages: stagesSchema,
    refine: Type.Optional(refine),
    training: Type.Optional(training),
    scores: Type.Optional(Type.Array(score)),
    files: Type.Optional(
      Type.Array(listedFile, { description: "Every file of the bundle but this one; when given, each is checked." }),
    ),
  },
  {
    $id: `urn:rarevox:bundle-manifest:${MANIFEST_VERSION}`,
    title: "rarevox model bundle",
    description: "A model on disk: networks, how to feed them, and what their outputs mean.",
    additionalProperties: false,
  },
);

/** A bundle's manifest, checked. */
export type BundleManifest = Frozen<Static<typeof manifestSchema>>;

/** One network of a bundle. */
export type ManifestNetwork = BundleManifest["networks"][number];

/** How a channel's intensities become the network's. */
export type Normalisation = BundleManifest["input"]["channels"][number]["normalisation"];

/** A region that the locating network finds, and how. */
export type ManifestRegion = NonNullable<BundleManifest["stages"]["locate"]>["regions"][number];

/** Where the structures of a region usually are. */
export type RegionPrior = NonNullable<ManifestRegion["priors"]>[number];

/** Clean-up of one class. */
export type Refinement = NonNullable<BundleManifest["refine"]>[number];

/** A manifest, complete or not, as it is written. */
export function manifestText(manifest: object): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
