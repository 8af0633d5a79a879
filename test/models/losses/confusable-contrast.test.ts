import { strict as assert } from "node:assert";
import type { Value } from "../../../models/graph/builder.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { confusableContrast } from "../../../models/losses/confusable-contrast.ts";
import type { LossInput } from "../../../models/losses/loss.ts";
import { checkGradients } from "../../support/gradient-check.ts";
import { type KeptBuffers, keptBuffers } from "../../support/kept-buffers.ts";
import { runGraph } from "../../support/run-graph.ts";

const names = ["background", "appendix", "cecum", "stomach"];
const facts = { names };

/** Labels of six voxels: every class but the stomach. */
const labels = [0, 1, 1, 2, 0, 2];

function inputOf(features: Value, kept: KeptBuffers): LossInput {
  const { graph } = features;
  const target = names.flatMap((_, channel) => labels.map((label) => Number(label === channel)));
  return {
    logits: features,
    target: graph.constant(floatTensor("target", [1, 4, 2, 3], target)),
    activation: "softmax",
    context: { features: new Map([["voxels" as const, features]]), buffer: kept.buffer },
  };
}

/** Feature vectors of two numbers: appendix along x, cecum along y, background along -x. */
const directions = [
  [-3, 0],
  [2, 0],
  [2, 0],
  [0, 5],
  [-3, 0],
  [0, 5],
];
const features = [0, 1].flatMap((k) => directions.map((direction) => direction[k]));

async function lossWith(memory: readonly number[] | undefined, pairs?: readonly (readonly [string, string])[]) {
  const found = await runGraph((graph) => {
    const kept = keptBuffers(graph, memory === undefined ? {} : { "contrast.prototypes": memory });
    const value = graph.constant(floatTensor("features", [1, 2, 2, 3], features));
    const options = pairs === undefined ? {} : { pairs };
    return { loss: confusableContrast(options, facts)(inputOf(value, kept)), ...kept.outputs() };
  });
  return { loss: found.get("loss")?.[0] ?? Number.NaN, next: [...(found.get("next.contrast.prototypes") ?? [])] };
}

/** What is remembered: appendix at 45 degrees between x and y, cecum along y, stomach along x. */
const half = Math.SQRT1_2;
const memory = [-1, 0, half, half, 0, 1, 1, 0];

function assertNear(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  for (const [n, value] of found.entries()) assert.ok(Math.abs(value - expected[n]) < 1e-4, `[${found}]`);
}

describe("confusableContrast", () => {
  it("is the mean over the classes of a pair of -log(own / (own + rivals)), by likeness over temperature", async () => {
    const { loss } = await lossWith(memory, [["appendix", "cecum"]]);
    const appendix = Math.log(1 + Math.exp((0 - half) / 0.1));
    const cecum = Math.log(1 + Math.exp((half - 1) / 0.1));
    assertNear([loss], [(appendix + cecum) / 2]);
  });

  it("takes every two foreground classes for rivals where no pair is named", async () => {
    const { loss } = await lossWith(memory);
    const appendix = Math.log(1 + Math.exp((0 - half) / 0.1) + Math.exp((1 - half) / 0.1));
    const cecum = Math.log(1 + Math.exp((half - 1) / 0.1) + Math.exp((0 - 1) / 0.1));
    assertNear([loss], [(appendix + cecum) / 2]);
  });

  it("is 0 while nothing is remembered, and then remembers what it saw, of length 1; the stomach stays unknown", async () => {
    const { loss, next } = await lossWith(undefined);
    assertNear([loss], [0]);
    assertNear(next, [-1, 0, 1, 0, 0, 1, 0, 0]);
  });

  it("moves a tenth of the way to what it sees: 0.9 of 45 degrees and 0.1 of 0 degrees, of length 1 again", async () => {
    const { next } = await lossWith(memory);
    const [x, y] = [0.9 * half + 0.1, 0.9 * half];
    assertNear(next.slice(2, 4), [x / Math.hypot(x, y), y / Math.hypot(x, y)]);
    assertNear(next.slice(6), [1, 0]);
  });

  it("has the gradient to the features that central differences show", () =>
    checkGradients({
      inputs: [{ shape: [1, 2, 2, 3], values: (uniform) => 2 + uniform() }],
      build: (value) =>
        confusableContrast(
          { temperature: 0.5 },
          facts,
        )(inputOf(value, keptBuffers(value.graph, { "contrast.prototypes": memory }))),
      step: 0.005,
    }));

  it("refuses a pair that names no class", () =>
    assert.throws(() => confusableContrast({ pairs: [["appendix", "colon"]] }, facts), /got colon/));
});
