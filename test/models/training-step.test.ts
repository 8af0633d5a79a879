import { strict as assert } from "node:assert";
import { unet } from "../../models/architectures/unet.ts";
import type { Dialect } from "../../models/graph/builder.ts";
import { encodeModel } from "../../models/graph/encode.ts";
import { crossEntropy } from "../../models/losses/cross-entropy.ts";
import { objectiveOf } from "../../models/losses/objective.ts";
import { softDice } from "../../models/losses/soft-dice.ts";
import { adam, adamW } from "../../models/optimisers/adam.ts";
import { sgd } from "../../models/optimisers/sgd.ts";
import { listParameters, type TrainingStepOptions, trainingStep } from "../../models/training-step.ts";
import { openTrainingSession } from "../../pipeline/runtime/training-session.ts";
import { tensorsOf } from "../../pipeline/train/checkpoint.ts";
import { initialCarried } from "../../pipeline/train/initial-weights.ts";
import { randomFrom } from "../../pipeline/volume/random.ts";
import { requireValidator, softwareVulkanDriver } from "../support/validators.ts";

const sides = [8, 12, 8];
const imageShape = [2, 1, ...sides];
const stages = [4, 8, 16].map((features, level) => ({
  features,
  kernel: [3, 3, 3],
  stride: level === 0 ? [1, 1, 1] : [2, 2, 2],
  blocks: 2,
}));

const usual: TrainingStepOptions = {
  network: unet({ stages, outputs: 3, heads: 2 }),
  imageShape,
  optimiser: adam(),
  clipNorm: 1,
  averageDecay: 0.9,
  objective: objectiveOf({
    terms: [
      { name: "cross_entropy", weight: 1, loss: crossEntropy() },
      { name: "dice", weight: 1, loss: softDice() },
    ],
    labelsOfChannels: [[0], [1], [2]],
    activation: "softmax",
  }),
};

const random = randomFrom("training step test");
const voxels = imageShape.reduce((product, side) => product * side, 1);
const image = Float32Array.from({ length: voxels }, random.normal);
const labels = Float32Array.from(image, (value) => (value > 1 ? 2 : value > 0 ? 1 : 0));

interface Run {
  readonly losses: readonly number[];
  readonly carried: ReadonlyMap<string, Float32Array>;
}

/** Some steps on one fixed batch. */
async function run(
  options: Partial<TrainingStepOptions>,
  {
    steps = 3,
    device = "cpu",
    dialect = "cpu",
    learningRate = 0.01,
  }: { steps?: number; device?: string; dialect?: Dialect; learningRate?: number } = {},
): Promise<Run> {
  const step = trainingStep({ ...usual, ...options, dialect });
  const shape = { where: "test", image: imageShape, labels: imageShape, ...step };
  const session = await openTrainingSession({ model: encodeModel(step.graph), shape, device, threads: 1 });
  try {
    await session.write(initialCarried(step.carried, 5));
    const losses: number[] = [];
    for (let n = 1; n <= steps; n++) losses.push((await session.step({ image, labels, learningRate, step: n })).loss);
    return { losses, carried: await session.read() };
  } finally {
    await session.close();
  }
}

function assertClose(found: Run, expected: Run, tolerance: number): void {
  for (const [n, loss] of found.losses.entries())
    assert.ok(Math.abs(loss - expected.losses[n]) < tolerance, `loss ${n}: ${loss}, expected ${expected.losses[n]}`);
  for (const [name, vector] of found.carried) {
    const other = expected.carried.get(name) ?? assert.fail(name);
    const furthest = vector.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0);
    assert.ok(furthest < tolerance, `${name}: ${furthest} apart`);
  }
}

describe("trainingStep", () => {
  it("has the parameters that counting gives: 27 weights per pair of channels, 2 per normalised channel, blocks of 8 upwards", () => {
    const conv = (from: number, to: number) => 27 * from * to + to + 2 * to;
    const up = (from: number, to: number) => 8 * from * to + to;
    const encoder = conv(1, 4) + conv(4, 4) + conv(4, 8) + conv(8, 8) + conv(8, 16) + conv(16, 16);
    const decoder = up(16, 8) + conv(16, 8) + conv(8, 8) + up(8, 4) + conv(8, 4) + conv(4, 4);
    const heads = 3 * 4 + 3 + (3 * 8 + 3);
    const { weights } = listParameters(usual.network, imageShape);
    const count = weights.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
    assert.equal(count, encoder + decoder + heads);
    assert.equal(new Set(weights.map(({ name }) => name)).size, weights.length);
  });

  for (const [name, optimiser, learningRate] of [
    ["sgd", sgd({ momentum: 0.9 }), 0.02],
    ["adam", adam(), 0.005],
    ["adamW", adamW(), 0.005],
  ] as const)
    it(`lowers the loss on a fixed batch with ${name}`, async () => {
      const { losses } = await run({ optimiser, weightDecay: 0.01 }, { steps: 30, learningRate });
      assert.ok((losses.at(-1) ?? 1) < 0.8 * losses[0], `${losses[0]} to ${losses.at(-1)}`);
    });

  // Adam would make a step of full length of what rounding leaves of a gradient that is 0, as a bias has before a norm.
  const plain = { optimiser: sgd({ momentum: 0.9 }) };

  it("comes to the same numbers with blocks computed a second time", async () => {
    assertClose(await run({ ...plain, recompute: true }), await run(plain), 1e-5);
  });

  it("leaves the weights of a group without a learning rate as they were, and moves the others", async () => {
    const groups = [{ name: "heads", match: "logits", learningRateFactor: 0 }];
    const step = trainingStep({ ...usual, groups });
    const start = initialCarried(step.carried, 5);
    const { carried } = await run({ groups });
    assert.deepEqual(carried.get("heads"), start.get("heads"));
    assert.notDeepEqual(carried.get("weights"), start.get("weights"));
    const heads = step.carried.find(({ name }) => name === "heads") ?? assert.fail();
    const names = [...tensorsOf(heads, carried.get("heads") ?? new Float32Array(0)).keys()];
    assert.ok(names.length === 4 && names.every((name) => name.includes("logits")));
  });

  it("moves a group at a constant rate of its own, whatever the schedule says", async () => {
    const groups = [{ name: "heads", match: "logits", learningRate: 0.01 }];
    const step = trainingStep({ ...usual, ...plain, groups });
    const start = [...(initialCarried(step.carried, 5).get("heads") ?? [])];
    const movedAt = async (learningRate: number) => {
      const { carried } = await run({ ...plain, groups }, { steps: 1, learningRate });
      return [...(carried.get("heads") ?? [])].map((value, n) => value - start[n]);
    };
    const [slow, fast] = [await movedAt(0.001), await movedAt(0.1)];
    assert.ok(slow.some((each) => Math.abs(each) > 1e-6));
    assert.deepEqual(fast, slow);
  });

  it("refuses groups that fit no parameter, or share a name", () => {
    assert.throws(() => trainingStep({ ...usual, groups: [{ name: "x", match: "attention" }] }), /none fits attention/);
    const twice = [
      { name: "x", match: "encoder" },
      { name: "x", match: "decoder" },
    ];
    assert.throws(() => trainingStep({ ...usual, groups: twice }), /a name of its own for each group/);
  });

  it("comes to the same numbers in the standard dialect", async () => {
    assertClose(await run(plain, { dialect: "standard" }), await run(plain), 1e-4);
  });

  it("runs wholly on WebGPU, with the CPU's losses and weights @slow", async function () {
    this.timeout(240_000);
    requireValidator(this, "software Vulkan");
    process.env.VK_DRIVER_FILES ??= softwareVulkanDriver;
    // A session off the CPU opens only where every operator has a kernel on the device.
    const found = await run(plain, { device: "webgpu", dialect: "standard" });
    assertClose(found, await run(plain), 1e-3);
  });
});
