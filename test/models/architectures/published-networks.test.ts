import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Stage } from "../../../models/architectures/architecture.ts";
import { describeArchitectures } from "../../../models/architectures/describe.ts";
import { type NetworkSettings, networkForeignNames, networkFrom } from "../../../models/architectures/index.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import { inferenceGraph } from "../../../models/inference-graph.ts";
import { listParameters } from "../../../models/training-step.ts";
import { readSafetensors } from "../../../pipeline/bundle/safetensors.ts";
import { openSession } from "../../../pipeline/runtime/onnx-runtime.ts";
import { readWeights } from "../../../pipeline/train/checkpoint.ts";
import { formulaImage, formulaWeights } from "../../support/formula-weights.ts";
import { repositoryRoot } from "../../support/shared-data.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { requireValidator, torchPython, type Validator } from "../../support/validators.ts";

interface Case {
  /** As in published_networks.py. */
  readonly name: string;
  readonly by: Validator;
  readonly settings: NetworkSettings;
  readonly image: readonly number[];
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

// python test/support/published_networks.py, with MONAI 1.3.2 and PyTorch 1.13
const cases: readonly Case[] = [
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
    by: "monai",
    settings: { kind: "swin-unetr", size: "tiny" },
    image: [1, 2, 32, 64, 64],
    logits: [
      -1.386837, 0.543329, 1.273389, -1.561683, 1.105376, 1.068822, -0.29877, -0.01423, -0.034799, -0.234274, 0.522849,
      0.304457, -1.142187, -2.442816, -0.736623, -0.134649, 1.237298, -0.47402, -2.919344, 1.452304,
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

const published: readonly (readonly [name: string, parameters: number])[] = [
  ["attention-unet 16 features", 5_909_334],
  ["attention-unet 64 features", 94_483_710],
  ["segresnet base", 18_796_398],
  ["segresnet small", 4_701_118],
  ["segresnet tiny", 1_176_294],
  ["unetr base", 92_784_046],
  ["unetr small", 26_298_670],
  ["unetr tiny", 8_981_230],
  ["swin-unetr base", 62_187_296],
  ["swin-unetr small", 15_703_304],
  ["swin-unetr tiny", 4_078_220],
  ["swin-unetr base, version 2", 72_762_656],
];

/** Both compute in float32, in another order. */
const TOLERANCE = 1e-4;

const folder = temporaryFolder();
const contextOf = ({ stages = [] }: Case) => ({ stages, outputs: 3, heads: 1 });
const networkOf = (tested: Case) => networkFrom(tested.settings, contextOf(tested));

async function logitsOf(tested: Case, weights: ReadonlyMap<string, Float32Array>, data: Float32Array) {
  const [, channels, ...sides] = tested.image;
  const graph = inferenceGraph({ name: "compared", network: networkOf(tested), weights, channels, sides });
  const session = await openSession(encodeModel(graph), { provider: "cpu", threads: 1 });
  const found = await session.run({ data, shape: tested.image }, { output: "logits" });
  await session.close();
  return found.data;
}

describe("published networks", function () {
  this.timeout(120_000);

  it("have as many parameters here as there", () => {
    const described = new Map(
      describeArchitectures().map(({ kind, variant, parameters }) => [`${kind} ${variant}`, parameters]),
    );
    for (const [name, parameters] of published) assert.equal(described.get(name), parameters, name);
  });

  for (const tested of cases) {
    const { name, by, image, settings, logits = [] } = tested;

    if (logits.length > 0)
      it(`${name}: gives the published logits for weights of waves @slow`, async () => {
        const { weights, buffers } = listParameters(networkOf(tested), image);
        const values = new Map(
          [...weights, ...buffers].map((each) => [each.name, formulaWeights(each, { chirp: 0.11 })]),
        );
        const length = image.reduce((product, side) => product * side, 1);
        const found = await logitsOf(tested, values, formulaImage(length));
        const step = Math.floor(found.length / 20);
        for (const [n, expected] of logits.entries())
          assert.ok(
            Math.abs(found[n * step] - expected) < TOLERANCE,
            `logit ${n * step}: ${found[n * step]}, ${expected}`,
          );
      });

    it(`${name}: takes a file of the program's own weights and gives its logits @slow`, async function () {
      requireValidator(this, by);
      const paths = ["weights", "logits"].map((each) => join(folder, `${name} ${each}.safetensors`));
      const script = new URL("test/support/published_networks.py", repositoryRoot).pathname;
      execFileSync(torchPython, [script, name, ...paths]);
      const { weights, buffers } = listParameters(networkOf(tested), image);
      const values = await readWeights(
        paths[0],
        [...weights, ...buffers],
        networkForeignNames(settings, contextOf(tested)),
      );
      const { tensors } = await readSafetensors(paths[1]);
      const found = await logitsOf(tested, values, tensors.get("image")?.data ?? assert.fail());
      const expected = tensors.get("logits")?.data ?? assert.fail();
      assert.equal(found.length, expected.length);
      const differences = found.map((value, i) => Math.abs(value - expected[i]));
      assert.ok(Math.max(...expected.slice(0, 1000)) > 10 * TOLERANCE, "logits that differ");
      const furthest = differences.reduce((most, each) => Math.max(most, each), 0);
      assert.ok(furthest < TOLERANCE, `${furthest} apart`);
    });
  }
});
