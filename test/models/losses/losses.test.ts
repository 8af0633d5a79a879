import { strict as assert } from "node:assert";
import type { Value } from "../../../models/graph/builder.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { type LossSettings, lossFrom, lossSchemas } from "../../../models/losses/index.ts";
import type { LossInput } from "../../../models/losses/loss.ts";
import { checkGradients } from "../../support/gradient-check.ts";
import { runGraph } from "../../support/run-graph.ts";

/** What a loss is tried on: logits by a formula, and labels. */
interface Sample {
  /** [N, C, H, W] */
  readonly shape: readonly [number, number, number, number];
  readonly logits: readonly number[];
  /** [N, H, W] */
  readonly labels: readonly number[];
  /** [N, H, W] */
  readonly counted?: readonly number[];
  readonly activation?: "softmax" | "sigmoid";
}

const sines = (length: number, frequency: number, height: number) =>
  Array.from({ length }, (_, i) => height * Math.sin(frequency * i));

/** Class 2 is not in the second image. */
const three: Sample = {
  shape: [2, 3, 2, 4],
  logits: sines(48, 1.7, 2),
  labels: [0, 2, 1, 0, 2, 1, 0, 2, 1, 0, 0, 1, 0, 0, 1, 0],
};

/** A bar that is thinned to a line. */
const bar: Sample = {
  shape: [1, 2, 8, 9],
  logits: sines(144, 0.7, 3),
  labels: Array.from({ length: 72 }, (_, i) => (i >= 18 && i < 54 && i % 9 >= 1 && i % 9 < 8 ? 1 : 0)),
};

const facts = { names: ["background", "organ", "duct"], frequencies: [0.9, 0.09, 0.01] };

function targetOf({ shape: [n, c, h, w], labels }: Sample): Float32Array {
  const target = new Float32Array(n * c * h * w);
  for (const [i, label] of labels.entries()) {
    const [image, voxel] = [Math.floor(i / (h * w)), i % (h * w)];
    target[(image * c + label) * h * w + voxel] = 1;
  }
  return target;
}

function inputOf(logits: Value, sample: Sample): LossInput {
  const { shape, counted, activation = "softmax" } = sample;
  const [n, , h, w] = shape;
  const { graph } = logits;
  const target = graph.constant(floatTensor("target", shape, targetOf(sample)));
  const mask = counted === undefined ? {} : { counted: graph.constant(floatTensor("counted", [n, 1, h, w], counted)) };
  // Any distances do: the boundary loss is linear in them.
  const distances = graph.constant(floatTensor("distances", shape, sines(targetOf(sample).length, 0.9, 3)));
  return { logits, target, activation, distances, ...mask };
}

async function lossOf(settings: LossSettings, sample: Sample): Promise<number> {
  const found = await runGraph((graph) => {
    const logits = graph.constant(floatTensor("logits", sample.shape, sample.logits));
    return { loss: lossFrom(settings, facts)(inputOf(logits, sample)) };
  });
  return found.get("loss")?.[0] ?? Number.NaN;
}

const perfect = (sample: Sample): Sample => ({
  ...sample,
  logits: Array.from(targetOf(sample), (one) => 40 * (2 * one - 1)),
});

const all: readonly LossSettings[] = lossSchemas.map(
  ({ properties }) => ({ kind: properties.kind.const }) as LossSettings,
);

describe("losses", () => {
  // PyTorch 1.13 in float64 on the same logits and labels; formulas from the papers that each file names.
  const known: readonly (readonly [settings: LossSettings, sample: Sample, expected: number])[] = [
    [{ kind: "cross-entropy" }, three, 1.9295386543772468],
    [
      { kind: "cross-entropy", classWeights: { kind: "given", weights: { background: 0.5, duct: 2 } } },
      three,
      1.7138992688093704,
    ],
    [{ kind: "cross-entropy" }, { ...three, activation: "sigmoid" }, 1.0368688826714256],
    [{ kind: "dice" }, three, 0.7589229504066077],
    [{ kind: "dice", background: true }, three, 0.7513040106450005],
    [{ kind: "dice", over: "sample" }, three, 0.7277877139639356],
    [{ kind: "generalised-dice" }, three, 0.7614114727327776],
    [{ kind: "focal" }, three, 1.5259119051915058],
    [{ kind: "top-k-cross-entropy", share: 0.25 }, three, 3.480801889154645],
    [{ kind: "tversky" }, three, 0.7475868987775165],
    [{ kind: "focal-tversky" }, three, 0.8039725251504694],
    [{ kind: "unified-focal" }, three, 0.8723242649874652],
    [{ kind: "centreline-dice", iterations: 2 }, bar, 0.6357235555117772],
  ];
  for (const [settings, sample, expected] of known)
    it(`${JSON.stringify(settings)} is ${expected.toFixed(6)}${sample.activation ? " for sigmoids" : ""}, as PyTorch has it`, async () => {
      const found = await lossOf(settings, sample);
      assert.ok(Math.abs(found - expected) < 2e-5, `${found}`);
    });

  it("boundary is the mean of foreground shares times distances", async () => {
    const { shape, logits } = three;
    const [, c, h, w] = shape;
    const distances = sines(48, 0.9, 3);
    const share = (n: number, k: number, v: number) => {
      const at = (channel: number) => Math.exp(logits[(n * c + channel) * h * w + v]);
      return at(k) / (at(0) + at(1) + at(2));
    };
    let sum = 0;
    for (let n = 0; n < 2; n++)
      for (const k of [1, 2])
        for (let v = 0; v < 8; v++) sum += (share(n, k, v) * distances[(n * c + k) * h * w + v]) / 2;
    assert.ok(Math.abs((await lossOf({ kind: "boundary" }, three)) - sum / 16) < 1e-6);
  });
});

describe("every loss", () => {
  const regional = all.filter(({ kind }) => kind !== "boundary");
  for (const settings of all) {
    it(`${settings.kind} has the gradient that central differences show`, async () => {
      for (const dialect of ["cpu", "standard"] as const)
        await checkGradients({
          inputs: [{ shape: three.shape, values: (_, i) => three.logits[i] }],
          build: (logits) => lossFrom(settings, facts)(inputOf(logits, three)),
          dialect,
          step: 0.002,
        });
    });

    it(`${settings.kind} does not see voxels that do not count`, async () => {
      const counted = three.labels.map((_, i) => (i % 3 === 0 ? 0 : 1));
      const masked = { ...three, counted };
      const elsewhere = three.logits.map((value, i) =>
        counted[8 * Math.floor(i / 24) + (i % 8)] === 0 ? -value + 3 : value,
      );
      const [first, second] = [
        await lossOf(settings, masked),
        await lossOf(settings, { ...masked, logits: elsewhere }),
      ];
      assert.ok(Math.abs(first - second) < 1e-5, `${first} and ${second}`);
    });

    it(`${settings.kind} is finite for certain predictions, right and wrong, and where nothing counts`, async () => {
      const wrong = { ...three, logits: perfect(three).logits.map((value) => -2.5 * value) };
      const nothing = { ...three, counted: three.labels.map(() => 0) };
      for (const sample of [perfect(three), wrong, nothing])
        assert.ok(Number.isFinite(await lossOf(settings, sample)), `${await lossOf(settings, sample)}`);
    });
  }
  for (const settings of regional)
    it(`${settings.kind} is nearly 0 for a perfect prediction, and more for any other`, async () => {
      const best = await lossOf(settings, perfect(three));
      assert.ok(Math.abs(best) < 0.02, `${best}`);
      assert.ok((await lossOf(settings, three)) > best + 0.1);
    });

  it("dice and tversky of a batch that lacks a class are those of the class that is there", async () => {
    const without = { ...three, labels: three.labels.map((label) => (label === 2 ? 0 : label)) };
    const shares = three.labels.map((_, i) => {
      const at = (channel: number) => Math.exp(three.logits[(Math.floor(i / 8) * 3 + channel) * 8 + (i % 8)]);
      return at(1) / (at(0) + at(1) + at(2));
    });
    const sum = (value: (share: number, isClass: number) => number) =>
      shares.reduce((total, share, i) => total + value(share, without.labels[i] === 1 ? 1 : 0), 0);
    const both = sum((share, isClass) => share * isClass);
    const dice = (2 * both) / sum((share, isClass) => share + isClass);
    const index =
      both / (both + 0.3 * sum((share, one) => share * (1 - one)) + 0.7 * sum((share, one) => (1 - share) * one));
    assert.ok(Math.abs((await lossOf({ kind: "dice" }, without)) - (1 - dice)) < 1e-5);
    assert.ok(Math.abs((await lossOf({ kind: "tversky" }, without)) - (1 - index)) < 1e-5);
  });
});
