import type { Stage } from "../../models/architectures/architecture.ts";
import type { NetworkSettings } from "../../models/architectures/index.ts";
import type { Validator } from "./validators.ts";

/** A network that another program has too. */
export interface PublishedNetwork {
  /** As in published_networks.py. */
  readonly name: string;
  readonly by: Validator;
  readonly settings: NetworkSettings;
  readonly image: readonly number[];
  /** Program whose names the waves depend on; our own when left out. */
  readonly namesOf?: string;
  /** Of weights of waves; none where the program has names that our weights do not tell. */
  readonly logits?: readonly number[];
  readonly stages?: readonly Stage[];
}

/** Three resolutions, the second half, the third half but for one axis. */
function stagesOf(
  dimensions: 2 | 3,
  { blocks, decoderBlocks }: { readonly blocks: readonly number[]; readonly decoderBlocks: readonly number[] },
): readonly Stage[] {
  return [4, 8, 10].map((features, level) => ({
    features,
    kernel: level === 0 ? [1, 3, 3].slice(-dimensions) : new Array<number>(dimensions).fill(3),
    stride: [
      [1, 1, 1],
      [2, 2, 2],
      [2, 1, 2],
    ][level].slice(0, dimensions),
    blocks: blocks[level],
    decoderBlocks: decoderBlocks[level],
  }));
}

/**
 * Networks of MONAI and nnU-Net, with logits by: python test/support/published_networks.py
 *
 * MONAI 1.3.2, and 1.5.0 for MedNeXt and what names it, with PyTorch 1.13.
 */
export const publishedNetworks: readonly PublishedNetwork[] = [
  {
    name: "unet by nnU-Net in 3-D",
    by: "nnU-Net's networks",
    settings: { kind: "unet" },
    stages: stagesOf(3, { blocks: [2, 2, 1], decoderBlocks: [1, 2, 2] }),
    image: [1, 2, 8, 12, 16],
  },
  {
    name: "residual unet by nnU-Net in 2-D",
    by: "nnU-Net's networks",
    settings: { kind: "unet", encoder: "residual" },
    stages: stagesOf(2, { blocks: [1, 2, 3], decoderBlocks: [1, 1, 1] }),
    image: [1, 2, 12, 16],
  },
  {
    name: "unet by DynUNet in 3-D",
    by: "monai",
    settings: { kind: "unet" },
    stages: stagesOf(3, { blocks: [2, 2, 2], decoderBlocks: [2, 2, 2] }).map((stage) => ({
      ...stage,
      // DynUNet's decoder convolves with the kernel of the resolution below.
      kernel: [3, 3, 3],
    })),
    image: [1, 2, 8, 12, 16],
  },
  {
    name: "attention-unet in 3-D",
    by: "monai",
    settings: { kind: "attention-unet", features: [8, 12, 16] },
    image: [1, 2, 8, 12, 16],
    logits: [
      0.848114, -0.476528, 3.375646, 3.787813, -1.003728, 1.119585, 0.299633, 0.101466, -2.213548, -1.121967, -1.167941,
      1.289027, -2.293674, -0.716424, -2.262215, 0.06711, 2.221378, -1.753746, 1.358189, -0.265678,
    ],
  },
  {
    name: "attention-unet in 2-D",
    by: "monai",
    settings: { kind: "attention-unet", features: [6, 8, 12, 16] },
    image: [1, 2, 24, 16],
    logits: [
      -0.810405, -1.641312, -0.687116, -1.201863, 3.79252, 1.777211, 0.842362, 1.541999, -0.176675, -0.692146,
      -1.394131, 0.49711, -1.189866, 2.059105, -1.378311, 0.054691, 0.064135, 1.513814, 1.902976, 0.261024,
    ],
  },
  {
    name: "segresnet in 3-D",
    by: "monai",
    settings: { kind: "segresnet", size: "tiny" },
    image: [1, 2, 8, 24, 16],
    logits: [
      -1.010702, -1.047261, 0.428788, 0.259303, -1.285601, -0.889425, -1.149877, -0.68124, 0.454797, 0.233563, 0.575046,
      -0.05605, 0.32723, -0.869553, 0.085874, 0.252472, -0.173098, 0.012665, 0.56176, 0.712051,
    ],
  },
  {
    name: "segresnet in 2-D",
    by: "monai",
    settings: { kind: "segresnet", size: "small", down: [1, 1, 2], up: [2, 1] },
    image: [1, 2, 12, 20],
    logits: [
      0.18937, -1.041143, -0.246245, 0.742386, 1.86522, 1.537153, 1.26262, 1.367186, 1.15202, 1.641618, 3.723197,
      1.287347, 1.715551, 2.25657, 0.282202, 0.475911, -0.04321, -0.104619, -0.957875, -0.559334,
    ],
  },
  {
    name: "mednext in 3-D",
    by: "monai from 1.5",
    settings: { kind: "mednext", size: "B" },
    namesOf: "MONAI",
    image: [1, 2, 16, 32, 32],
    logits: [
      13.021012, 7.099343, -8.883065, 2.023248, -21.432409, -48.926105, -19.633442, 5.033927, 26.393467, 80.726685,
      -24.247551, 6.490503, 13.095134, -0.083617, 5.341599, 241.828796, 7.960314, -5.145548, -4.865001, -26.607059,
    ],
  },
  {
    name: "mednext as MONAI has it in 2-D",
    by: "monai from 1.5",
    settings: { kind: "mednext", size: "B", kernel: 5, downExpansion: "finer" },
    namesOf: "MONAI",
    image: [1, 2, 32, 48],
    logits: [
      3.612142, -14.15067, -7.86734, -11.768137, 2.656462, 7.273311, 2.525485, 0.531953, 20.386309, -7.717708,
      -12.728691, -10.464964, 6.896402, 2.019943, -13.433904, -7.116613, 4.567012, -6.75563, -18.065722, 6.691852,
    ],
  },
  {
    name: "unetr in 3-D",
    by: "monai",
    settings: { kind: "unetr", size: "tiny" },
    image: [1, 2, 16, 48, 32],
    logits: [
      1.679926, -0.324934, 0.035485, -0.212753, 2.467406, 1.854712, -0.92984, -0.869529, -1.057917, -1.163406,
      -0.482387, -0.856881, 0.554348, -1.5437, 0.985705, 1.201898, -1.144452, -0.813587, -0.048465, -0.065101,
    ],
  },
  {
    name: "unetr in 2-D",
    by: "monai",
    settings: { kind: "unetr", size: "tiny" },
    image: [1, 2, 48, 80],
    logits: [
      -0.567395, 0.626401, -0.127806, -1.951443, 0.411749, 0.304349, 1.183421, -0.42814, -1.55124, -0.946305, -0.484169,
      -0.255128, -1.720101, -0.66086, 0.840573, 0.574334, -1.496636, -0.399581, 0.440247, 0.21091,
    ],
  },
  {
    name: "swin-unetr in 3-D",
    by: "monai before 1.5",
    settings: { kind: "swin-unetr", size: "tiny" },
    image: [1, 2, 32, 64, 64],
    logits: [
      -1.386837, 0.543329, 1.273389, -1.561683, 1.105376, 1.068822, -0.29877, -0.01423, -0.034799, -0.234274, 0.522849,
      0.304457, -1.142187, -2.442816, -0.736623, -0.134649, 1.237298, -0.47402, -2.919344, 1.452304,
    ],
  },
  {
    name: "swin-unetr of MONAI 1.5 in 3-D",
    by: "monai from 1.5",
    settings: { kind: "swin-unetr", size: "tiny", merging: "merging-1.5" },
    image: [1, 2, 32, 64, 64],
    logits: [
      -1.495663, 0.961209, 1.67806, -1.67218, 1.072992, 1.104751, -0.149535, 0.155008, -0.135549, -0.651961, 0.414772,
      1.005867, -0.703228, -3.13231, -0.869999, 0.074723, 1.063374, 0.151625, -2.942593, 1.705569,
    ],
  },
  {
    name: "swin-unetr in 2-D",
    by: "monai",
    settings: { kind: "swin-unetr", size: "tiny" },
    image: [1, 2, 64, 96],
    logits: [
      0.261061, -0.491636, -0.306071, -0.116936, 0.008539, -1.255252, -0.169612, 0.035432, 0.998998, 0.214987, -1.50028,
      -0.399907, 1.03102, -2.826056, 0.233399, -0.1436, -1.233518, -0.61972, -0.348985, -0.359641,
    ],
  },
  {
    name: "swin-unetr, version 2, in 3-D",
    by: "monai",
    settings: { kind: "swin-unetr", size: "tiny", version: 2, merging: "mergingv2" },
    image: [1, 2, 32, 32, 64],
    logits: [
      -0.753092, -0.038541, -0.513061, 1.852787, 0.637599, 1.284269, 0.59552, 1.26051, 1.72501, -0.094473, 1.727599,
      -0.60475, 0.185894, -0.561877, 0.095805, -0.737244, -2.217654, -2.409099, -0.092883, 0.70571,
    ],
  },
];

/** Trained numbers that the script prints, by the names that `rarevox models list` has; newer UNETRs have more, all unused. */
export const publishedSizes: readonly (readonly [name: string, parameters: number])[] = [
  ["attention-unet 16 features", 5_909_334],
  ["attention-unet 64 features", 94_483_710],
  ["segresnet base", 18_796_398],
  ["segresnet small", 4_701_118],
  ["segresnet tiny", 1_176_294],
  ["mednext S", 5_551_310],
  ["mednext B", 10_526_702],
  ["mednext M", 17_549_358],
  ["mednext L", 61_779_662],
  ["mednext S, kernel 5", 5_980_942],
  ["unetr base", 92_784_046],
  ["unetr small", 26_298_670],
  ["unetr tiny", 8_981_230],
  ["swin-unetr base", 62_187_296],
  ["swin-unetr small", 15_703_304],
  ["swin-unetr tiny", 4_078_220],
  ["swin-unetr base, version 2", 72_762_656],
];
