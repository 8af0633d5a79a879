import { strict as assert } from "node:assert";
import { describeArchitectures, describedContext, describedImage } from "../../../models/architectures/describe.ts";
import { architectures, networkFrom } from "../../../models/architectures/index.ts";
import { graphBuilder, type Value } from "../../../models/graph/builder.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import { meanOfAll, sub } from "../../../models/graph/operators/index.ts";
import { inferenceGraph } from "../../../models/inference-graph.ts";
import { parametersOf } from "../../../models/layers/parameters.ts";
import { crossEntropy } from "../../../models/losses/cross-entropy.ts";
import { objectiveOf } from "../../../models/losses/objective.ts";
import { adam } from "../../../models/optimisers/adam.ts";
import { listParameters, type TrainingStepOptions, trainingStep } from "../../../models/training-step.ts";
import { openSession } from "../../../pipeline/runtime/onnx-runtime.ts";
import { openTrainingSession } from "../../../pipeline/runtime/training-session.ts";
import { initialCarried, initialWeights } from "../../../pipeline/train/initial-weights.ts";
import { randomFrom } from "../../../pipeline/volume/random.ts";
import { type SmallNetwork, smallNetworks, withoutSmallNetwork } from "../../support/small-networks.ts";

const countOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
const noise = (length: number) => Float32Array.from({ length }, randomFrom("architectures").normal);

/** Runs what a bundle would hold on so many images. */
async function logitsOf({ settings, context, image: [, channels, ...sides] }: SmallNetwork, images: Float32Array) {
  const network = networkFrom(settings, context);
  const { weights, buffers } = listParameters(network, [1, channels, ...sides]);
  const values = new Map([...weights, ...buffers].map((each) => [each.name, initialWeights(each, 4)]));
  const graph = inferenceGraph({ name: "small", network, weights: values, channels, sides });
  const session = await openSession(encodeModel(graph), { provider: "cpu", threads: 1 });
  const batch = images.length / (channels * countOf(sides));
  const found = await session.run({ data: images, shape: [batch, channels, ...sides] }, { output: "logits" });
  await session.close();
  return found;
}

describe("every architecture", function () {
  this.timeout(30_000);

  it("has a small network to be tested with, in 2-D and 3-D", () => assert.deepEqual(withoutSmallNetwork, []));

  it("has a name of its own, a title, a source, and a variant that its name alone gives", () => {
    assert.equal(new Set(architectures.map(({ schema }) => schema.properties.kind.const)).size, architectures.length);
    for (const { schema, title, source, variants } of architectures) {
      assert.ok(title.length > 0 && source.length > 0);
      const bare = { kind: schema.properties.kind.const };
      const namesFor = (settings: Parameters<typeof networkFrom>[0]) =>
        listParameters(networkFrom(settings, describedContext), describedImage).weights;
      assert.deepEqual(namesFor(bare), namesFor(Object.values(variants)[0]));
    }
  });

  for (const small of smallNetworks) {
    const { name, context, image } = small;
    const [, channels, ...sides] = image;
    const each = countOf(image);

    it(`${name} gives each of three images what it gives it alone, at the image's sides`, async () => {
      const images = noise(3 * each);
      const together = await logitsOf(small, images);
      assert.deepEqual(together.shape, [3, context.outputs, ...sides]);
      const length = context.outputs * countOf(sides);
      for (let n = 0; n < 3; n++) {
        const alone = await logitsOf(small, images.slice(n * each, (n + 1) * each));
        for (const [i, value] of alone.data.entries())
          assert.ok(Math.abs(value - together.data[n * length + i]) < 1e-4, `image ${n}, logit ${i}`);
      }
    });

    it(`${name} shows its coarsest features and those of its voxels, for losses that compare them`, () => {
      const graph = graphBuilder("shown");
      const shown = new Map<string, Value>();
      networkFrom(small.settings, context)(
        graph.input("image", image),
        parametersOf(graph, {
          isTraining: true,
          weight: ({ name: wanted, shape }) => graph.input(wanted, shape),
          buffer: ({ name: wanted, shape }) => ({ value: graph.input(wanted, shape), update: () => undefined }),
          observe: (role, value) => shown.set(role, value),
        }),
      );
      assert.deepEqual([...shown.keys()].sort(), ["bottleneck", "voxels"]);
      const voxels = (value: Value | undefined) => countOf((value ?? assert.fail()).shape.slice(2).map(Number));
      assert.ok(voxels(shown.get("bottleneck")) < voxels(shown.get("voxels")));
      assert.ok(countOf(sides) / voxels(shown.get("voxels")) <= 2 ** sides.length);
    });

    it(`${name} runs for a second image in one graph, as patches in competition ask for`, () => {
      const objective: TrainingStepOptions["objective"] = ([logits], _labels, { forward, image: first }) => ({
        loss: meanOfAll(sub(logits, forward(first))),
      });
      const shape = [2, channels, ...sides];
      const network = networkFrom(small.settings, context);
      assert.ok(trainingStep({ network, imageShape: shape, optimiser: adam(), objective }).graph.nodes.length > 0);
    });

    it(`${name} learns a fixed batch by a gradient that reaches every parameter`, async () => {
      const shape = [2, channels, ...sides];
      const step = trainingStep({
        network: networkFrom(small.settings, context),
        imageShape: shape,
        optimiser: adam(),
        objective: objectiveOf({
          terms: [{ name: "cross-entropy", weight: 1, loss: crossEntropy() }],
          labelsOfChannels: [[0], [1], [2]],
          activation: "softmax",
        }),
      });
      const session = await openTrainingSession({
        model: encodeModel(step.graph),
        shape: { where: "test", image: shape, labels: [2, 1, ...sides], ...step },
        device: "cpu",
        threads: 1,
      });
      const start = initialCarried(step.carried, 5);
      await session.write(start);
      const images = noise(2 * each);
      // The first channel of each image, in three levels.
      const own = Array.from({ length: 2 }, (_, n) => images.slice(n * each, n * each + countOf(sides)));
      const labels = Float32Array.from(
        own.flatMap((one) => [...one]),
        (value) => (value > 1 ? 2 : value > 0 ? 1 : 0),
      );
      const losses: number[] = [];
      for (let n = 1; n <= 12; n++)
        losses.push((await session.step({ image: images, labels, learningRate: 0.01, step: n })).loss);
      const carried = await session.read();
      await session.close();
      assert.ok(losses[11] < 0.9 * losses[0], `${losses[0]} to ${losses[11]}`);
      for (const { rule, parameters } of step.groups) {
        let offset = 0;
        const [before, after] = [start, carried].map((all) => all.get(rule.name) ?? assert.fail());
        for (const parameter of parameters) {
          const end = offset + countOf(parameter.shape);
          // Adam moves whatever has a gradient.
          const moved = after.slice(offset, end).some((value, i) => value !== before[offset + i]);
          assert.ok(moved, `${parameter.name} stayed`);
          offset = end;
        }
      }
    });
  }
});

describe("describeArchitectures", () => {
  it("counts nnU-Net's plain U-Net for 96 x 96 x 96 as its layers' formulas do", () => {
    const widths = [32, 64, 128, 256, 320];
    const block = (from: number, to: number) => 27 * from * to + to + 2 * to;
    const encoder = widths.reduce((sum, to, n) => sum + block(n === 0 ? 1 : widths[n - 1], to) + block(to, to), 0);
    const decoder = widths.slice(0, -1).reduce((sum, to, n) => {
      const up = 8 * widths[n + 1] * to + to;
      return sum + up + block(2 * to, to) + block(to, to);
    }, 0);
    const plain = describeArchitectures().find(({ kind, variant }) => kind === "unet" && variant === "plain");
    assert.equal(plain?.parameters, encoder + decoder + 14 * 32 + 14);
  });
});
