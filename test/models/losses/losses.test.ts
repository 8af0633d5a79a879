import { strict as assert } from "node:assert";
import type { Value } from "../../../models/graph/builder.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { type LossSettings, lossFrom, lossSchemas } from "../../../models/losses/index.ts";
import type { LossInput } from "../../../models/losses/loss.ts";
import { checkGradients } from "../../support/gradient-check.ts";
import { runGraph } from "../../support/run-graph.ts";

/** What a loss is tried on: logits by a formula, and labels. */
interface Sample {
  /** [N, C, ...sides] */
  readonly shape: readonly [number, number, ...number[]];
  readonly logits: readonly number[];
  /** [N, ...sides] */
  readonly labels: readonly number[];
  /** [N, ...sides] */
  readonly counted?: readonly number[];
  /** Labels of each channel for sigmoids; for a softmax each channel has its own. */
  readonly regions?: readonly (readonly number[])[];
}

const sines = (length: number, frequency: number, height: number) =>
  Array.from({ length }, (_, i) => height * Math.sin(frequency * i));

/** Class 2 is not in the second image. */
const three: Sample = {
  shape: [2, 3, 2, 4],
  logits: sines(48, 1.7, 2),
  labels: [0, 2, 1, 0, 2, 1, 0, 2, 1, 0, 0, 1, 0, 0, 1, 0],
};

/** Channel 1 holds channel 2. */
const regions: Sample = { ...three, regions: [[0], [1, 2], [2]] };

/** In three dimensions, all sides different. */
const solid: Sample = {
  shape: [1, 3, 2, 3, 5],
  logits: sines(90, 1.3, 2),
  labels: Array.from({ length: 30 }, (_, i) => (i * i) % 3),
};

/** A bar that is thinned to a line. */
const bar: Sample = {
  shape: [1, 2, 8, 9],
  logits: sines(144, 0.7, 3),
  labels: Array.from({ length: 72 }, (_, i) => (i >= 18 && i < 54 && i % 9 >= 1 && i % 9 < 8 ? 1 : 0)),
};

const facts = { names: ["background", "organ", "duct"], frequencies: [0.9, 0.09, 0.01] };

const voxelsOf = ({ shape: [, , ...sides] }: Sample) => sides.reduce((product, side) => product * side, 1);

function targetOf(sample: Sample): Float32Array {
  const { shape, labels, regions: channels = [[0], [1], [2]].slice(0, shape[1]) } = sample;
  const voxels = voxelsOf(sample);
  return Float32Array.from({ length: labels.length * shape[1] }, (_, i) => {
    const [image, channel] = [Math.floor(i / voxels / shape[1]), Math.floor(i / voxels) % shape[1]];
    return channels[channel].includes(labels[image * voxels + (i % voxels)]) ? 1 : 0;
  });
}

function inputOf(logits: Value, sample: Sample): LossInput {
  const { shape, counted } = sample;
  const { graph } = logits;
  const target = graph.constant(floatTensor("target", shape, targetOf(sample)));
  const mask =
    counted === undefined ? {} : { counted: graph.constant(floatTensor("counted", shape.with(1, 1), counted)) };
  // Any distances do: the boundary loss is linear in them.
  const distances = graph.constant(floatTensor("distances", shape, sines(targetOf(sample).length, 0.9, 3)));
  return { logits, target, activation: sample.regions === undefined ? "softmax" : "sigmoid", distances, ...mask };
}

async function lossOf(settings: LossSettings, sample: Sample): Promise<number> {
  const found = await runGraph((graph) => {
    const logits = graph.constant(floatTensor("logits", sample.shape, sample.logits));
    return { loss: lossFrom(settings, facts)(inputOf(logits, sample)) };
  });
  return found.get("loss")?.[0] ?? Number.NaN;
}

/** What 1e-5 in numerator and denominator makes of an index of some voxels. */
const SMOOTHING = 2e-5;

const perfect = (sample: Sample): Sample => ({
  ...sample,
  logits: Array.from(targetOf(sample), (one) => 40 * (2 * one - 1)),
});

/** Contrast looks at features, not at logits; its own tests check the same of those. */
const all: readonly LossSettings[] = lossSchemas
  .map(({ properties }) => ({ kind: properties.kind.const }) as LossSettings)
  .filter(({ kind }) => kind !== "confusable-contrast");

describe("losses", () => {
  // PyTorch 1.13 in float64, without smoothing: /usr/bin/python3 test/support/losses-by-torch.py
  const given = { kind: "given", weights: { background: 0.5, duct: 2 } } as const;
  const known: readonly (readonly [settings: LossSettings, sample: Sample, expected: number])[] = [
    [{ kind: "cross-entropy" }, three, 1.9295386476427105],
    [{ kind: "cross-entropy", classWeights: given }, three, 1.7138992578321546],
    [{ kind: "cross-entropy" }, regions, 0.9637192225501364],
    [{ kind: "dice" }, three, 0.7589237977747381],
    [{ kind: "dice", background: true }, three, 0.7513047495574976],
    [{ kind: "dice", over: "sample" }, three, 0.7277892249412251],
    [{ kind: "dice" }, regions, 0.5861537597876595],
    [{ kind: "generalised-dice" }, three, 0.761411470418518],
    [{ kind: "focal" }, three, 1.5259118966083778],
    [{ kind: "focal", alpha: 0.75 }, three, 0.6896006515690652],
    [{ kind: "focal" }, regions, 0.5553707740538742],
    [{ kind: "focal", alpha: 0.75, classWeights: given }, regions, 0.2294790629538901],
    [{ kind: "top-k-cross-entropy", share: 0.25 }, three, 3.480801888779673],
    [{ kind: "tversky" }, three, 0.7475886575844752],
    [{ kind: "focal-tversky" }, three, 0.8039739441261949],
    [{ kind: "unified-focal" }, three, 0.8723247650549434],
    [{ kind: "unified-focal" }, regions, 0.5907801411788678],
    [{ kind: "centreline-dice", iterations: 2 }, bar, 0.6357235472306442],
  ];
  for (const [settings, sample, expected] of known)
    it(`${JSON.stringify(settings)} is ${expected.toFixed(6)}${sample.regions ? " for regions" : ""}, as PyTorch has it`, async () => {
      const found = await lossOf(settings, sample);
      assert.ok(Math.abs(found - expected) < SMOOTHING, `${found}`);
    });

  it("boundary is the mean of foreground shares times distances", async () => {
    const { logits } = three;
    const [c, h, w] = [3, 2, 4];
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

const samples = { classes: three, regions, "classes of a volume": solid };

describe("every loss", () => {
  for (const settings of all)
    for (const [name, sample] of Object.entries(samples)) {
      it(`${settings.kind} of ${name} has the gradient that central differences show`, async () => {
        for (const dialect of ["cpu", "standard"] as const)
          await checkGradients({
            inputs: [{ shape: sample.shape, values: (_, i) => sample.logits[i] }],
            build: (logits) => lossFrom(settings, facts)(inputOf(logits, sample)),
            dialect,
            step: 0.002,
          });
      });

      it(`${settings.kind} of ${name} does not see voxels that do not count`, async () => {
        const counted = sample.labels.map((_, i) => (i % 3 === 0 ? 0 : 1));
        const voxels = voxelsOf(sample);
        const elsewhere = sample.logits.map((value, i) => {
          const image = Math.floor(i / voxels / sample.shape[1]);
          return counted[image * voxels + (i % voxels)] === 0 ? -value + 3 : value;
        });
        const first = await lossOf(settings, { ...sample, counted });
        const second = await lossOf(settings, { ...sample, counted, logits: elsewhere });
        assert.ok(Math.abs(first - second) < 1e-5, `${first} and ${second}`);
      });

      it(`${settings.kind} of ${name} is finite for certain predictions, right and wrong, and where nothing counts`, async () => {
        const wrong = { ...sample, logits: perfect(sample).logits.map((value) => -2.5 * value) };
        const nothing = { ...sample, counted: sample.labels.map(() => 0) };
        for (const each of [perfect(sample), wrong, nothing])
          assert.ok(Number.isFinite(await lossOf(settings, each)), `${await lossOf(settings, each)}`);
      });

      if (settings.kind === "boundary") continue;
      it(`${settings.kind} of ${name} is nearly 0 for a perfect prediction, and more for any other`, async () => {
        const best = await lossOf(settings, perfect(sample));
        assert.ok(Math.abs(best) < 0.02, `${best}`);
        assert.ok((await lossOf(settings, sample)) > best + 0.1);
      });
    }

  it("cross entropy of regions falls by 1/2 per logit where that is exactly 0, as it is before a network has learnt", () =>
    checkGradients({
      inputs: [{ shape: [1, 2, 3], values: () => 0 }],
      build: (logits) => {
        const target = logits.graph.floats([0, 1, 0, 1, 1, 0], [1, 2, 3]);
        return lossFrom({ kind: "cross-entropy" }, facts)({ logits, target, activation: "sigmoid" });
      },
    }));

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
