import { strict as assert } from "node:assert";
import { architectures } from "../../../models/architectures/index.ts";
import { elementCountOf } from "../../../models/graph/graph.ts";
import { openTrainingRunner, type TrainingShape } from "../../../pipeline/runtime/training-runner.ts";
import { imbalanceMethods } from "../../../pipeline/train/imbalance.ts";
import { initialCarried } from "../../../pipeline/train/initial-weights.ts";
import type { TrainingPlan } from "../../../pipeline/train/plan-schema.ts";
import { completeConfig } from "../../../pipeline/train/training-config.ts";
import { trainingGraph } from "../../../pipeline/train/training-graph.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { randomFrom } from "../../../pipeline/volume/random.ts";
import { type SmallNetwork, smallNetworks } from "../../support/small-networks.ts";

/** The cheapest of each kind that mosaics can be made for. */
const networks = architectures.map(({ schema }) => {
  const own = smallNetworks.filter(
    ({ settings, image }) => settings.kind === schema.properties.kind.const && image[image.length - 1] % 2 === 0,
  );
  return own.toSorted((first, second) => elementCountOf(first.image) - elementCountOf(second.image))[0];
});

/** [D, H, W], one slice deep for a 2-D network. */
const triple = (sides: readonly number[]) => [1, ...sides].slice(-3) as unknown as Triple;

function planFor({ context, image: [, channels, ...sides] }: SmallNetwork): TrainingPlan {
  const names = ["large", "small"];
  return {
    schema: "rarevox-plan/1",
    dataset: "pairs",
    dimensions: sides.length === 2 ? 2 : 3,
    modalities: ["MR"],
    input: {
      channels: Array.from({ length: channels }, (_, n) => ({
        name: `MR ${n}`,
        normalisation: { kind: "z-score", over: "volume" } as const,
      })),
    },
    orientation: "PSL",
    spacingMm: [1, 1, 1],
    interpolation: "linear",
    patch: triple(sides),
    batch: 2,
    stages: context.stages.map(({ kernel, stride, ...stage }) => ({
      ...stage,
      kernel: triple(kernel),
      stride: triple(stride),
    })),
    mirrorAxes: [],
    classes: names.map((name, n) => ({ id: n + 1, name, colorRgb: [200, 40, 40] })),
    classFrequencies: [0.9, 0.09, 0.01].map((frequency, id) => ({ id, frequency, cases: 4 })),
  };
}

function batchOf({ image, labels }: TrainingShape) {
  const random = randomFrom("pairs");
  return {
    image: Float32Array.from({ length: elementCountOf(image) }, () => random.normal()),
    labels: Float32Array.from({ length: elementCountOf(labels) }, () => Math.floor(3 * random.uniform())),
  };
}

describe("every architecture with every method against imbalance @slow", function () {
  this.timeout(900_000);

  for (const network of networks)
    it(`trains ${network.settings.kind}`, async () => {
      for (const { name } of imbalanceMethods) {
        const config = completeConfig({ network: network.settings, imbalance: [name] });
        const { step, shape, model } = trainingGraph(planFor(network), config, "cpu");
        const runner = await openTrainingRunner(shape, model, { device: "cpu", threads: 1, whollyOnDevice: false });
        const start = [...initialCarried(step.carried, 1).values()];
        runner.write(start);
        const { loss, gradientNorm } = await runner.step(batchOf(shape), { learningRate: 1e-3, step: 1 });
        assert.ok(Number.isFinite(loss) && gradientNorm > 0, `${name}: loss ${loss}, gradient ${gradientNorm}`);
        const after = runner.read();
        for (const [n, { kind, name: carried }] of step.carried.entries())
          if (kind === "weights") assert.notDeepEqual(after[n], start[n], `${name} leaves ${carried} as it was`);
      }
    });
});
