import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { NetworkOutput, PatchRule, PredictRequest } from "../../../pipeline/runtime/network.ts";
import { predictLabels, type RunPatches } from "../../../pipeline/runtime/sliding-window.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { ModelError } from "../../../pipeline/volume/errors.ts";
import { assertClose } from "../../support/numbers.ts";
import { type PatchFunction, slowLabels, slowScores } from "../../support/slow-window.ts";
import { noise } from "../../support/tiny-networks.ts";

const noSignal = new AbortController().signal;

describe("predictLabels", () => {
  it("gives the labels of the slow window, or a class within 1e-6 of the best, on any shape", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ request, patch, classes, batchSize }) => {
        const network = oddNetwork(classes);
        const labels = await predict(request, { network, classes, rule: { kind: "fixed", size: patch }, batchSize });
        const scores = slowScores(request, { network, channels: CHANNELS, classes, patch });
        assertBestOrEqual(labels, scores, classes);
      }),
      { numRuns: 60 },
    );
  });

  it("gives identical labels whatever the memory for scores, the blocks of H and W that follow, and the batch", async () => {
    const shape: Triple = [9, 23, 17];
    const request = {
      image: noise(CHANNELS * 9 * 23 * 17, 5),
      shape,
      outputShape: [11, 31, 29] as Triple,
      overlap: 0.4,
    };
    const options = { network: oddNetwork(5), classes: 5, rule: { kind: "fixed", size: [5, 8, 6] } as const };
    const whole = await predict({ ...request, scoreBytes: 1e9 }, { ...options, batchSize: 1 });
    for (const scoreBytes of [30_000, 10_000, 1])
      for (const batchSize of [1, 3, 1000])
        assert.deepEqual(await predict({ ...request, scoreBytes }, { ...options, batchSize }), whole);
  });

  it("says how probable each label is: the softmax of the slow window's scores, 0 where the label is background", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ request, patch, classes, batchSize }) => {
        const network = oddNetwork(classes);
        const options = { network, classes, rule: { kind: "fixed", size: patch } as const, batchSize };
        const { labels, probabilities } = await predictAll({ ...request, withProbabilities: true }, options);
        const scores = slowScores(request, { network, channels: CHANNELS, classes, patch });
        const voxels = labels.length;
        for (let i = 0; i < voxels; i++) {
          const powers = Array.from({ length: classes }, (_, c) => Math.exp(scores[c * voxels + i]));
          const share = powers[labels[i]] / powers.reduce((sum, power) => sum + power, 0);
          assertClose(probabilities?.[i] ?? -1, labels[i] === 0 ? 0 : 65_535 * share, { abs: 0.7 });
        }
      }),
      { numRuns: 40 },
    );
  });

  it("takes sigmoids and probabilities as they are, within 0 and 1, and turns logits of sigmoids into them", async () => {
    const request = { image: new Float32Array(3), shape: [1, 1, 3] as Triple, withProbabilities: true };
    const found = async (kind: NetworkOutput["kind"], scores: readonly number[]) => {
      const network: PatchFunction = () => Float64Array.from(scores);
      const output = { kind, classIds: scores.length === 3 ? [1] : [0, 1] };
      const { probabilities } = await predictAll(request, {
        network,
        rule: { kind: "fixed", size: [1, 1, 3] },
        channels: 1,
        output,
      });
      return [...(probabilities ?? [])];
    };
    assert.deepEqual(await found("sigmoid", [0.4, 0.6, 1.25]), [0, 39_321, 65_535]);
    // 1 / (1 + e^-ln 3) = 3 / 4
    assert.deepEqual(await found("sigmoid-logits", [-1, Math.log(3), 90]), [0, 49_151, 65_535]);
    assert.deepEqual(await found("probabilities", [0.75, 0.25, 0, 0.25, 0.75, 1]), [0, 49_151, 65_535]);
  });

  it("does not see the padding: a volume smaller than the patch lies in its middle, the odd voxel behind", async () => {
    // 4 in a patch of 7 leaves 3: one before and two behind, so the image's first voxel is voxel 1 of the patch.
    const first: PatchFunction = (patch) =>
      Float64Array.from([...patch.map((v) => -v), ...patch.map((_, i) => (i === 1 ? 9 : -9))]);
    const request = { image: new Float32Array(4), shape: [1, 1, 4] as Triple };
    const rule: PatchRule = { kind: "fixed", size: [1, 1, 7] };
    assert.deepEqual([...(await predict(request, { network: first, classes: 2, rule, channels: 1 }))], [1, 0, 0, 0]);
  });

  it("gives a multiple-of network the whole volume rounded up when it may be that large", async () => {
    const sizes: string[] = [];
    const spy: PatchFunction = (patch, size) => {
      sizes.push(String(size));
      return new Float64Array(2 * patch.length);
    };
    const rule: PatchRule = { kind: "multiple-of", step: [4, 8, 8], largest: [64, 16, 64] };
    const request = { image: new Float32Array(5 * 20 * 9), shape: [5, 20, 9] as Triple };
    await predict(request, { network: spy, classes: 2, rule, channels: 1 });
    assert.deepEqual(sizes, ["8,16,16", "8,16,16"]);
  });

  it("lets a later region overrule an earlier one above 0.5 when the output is sigmoid, and 0 when it is not", async () => {
    const scores = [0.4, 0.6, 0.6, 0.6, 0.4, 0.6];
    const network: PatchFunction = () => Float64Array.from(scores);
    const options = { network, rule: { kind: "fixed", size: [1, 1, 3] } as const, channels: 1 };
    const request = { image: new Float32Array(3), shape: [1, 1, 3] as Triple };
    const sigmoid = { kind: "sigmoid", classIds: [7, 300] } as const;
    assert.deepEqual([...(await predict(request, { ...options, output: sigmoid }))], [300, 7, 300]);
    assert.deepEqual(
      [...(await predict(request, { ...options, output: { ...sigmoid, kind: "sigmoid-logits" } }))],
      [300, 300, 300],
    );
  });

  it("maps channels to class ids, in 16 bits above 255", async () => {
    const network: PatchFunction = () => Float64Array.of(0, 1, 5, 0);
    const output: NetworkOutput = { kind: "logits", classIds: [4, 256] };
    const request = { image: new Float32Array(2), shape: [1, 1, 2] as Triple };
    const labels = await predict(request, { network, output, rule: { kind: "fixed", size: [1, 1, 2] }, channels: 1 });
    assert.deepEqual(labels, Uint16Array.of(256, 4));
  });

  it("M25 refuses scores that are not numbers with M_NONFINITE", async () => {
    const request = { image: new Float32Array(27), shape: [3, 3, 3] as Triple };
    for (const bad of [Number.NaN, Infinity]) {
      const network: PatchFunction = (patch) => new Float64Array(2 * patch.length).fill(bad, 9, 10);
      const options = { network, classes: 2, rule: { kind: "fixed", size: [3, 3, 3] } as const, channels: 1 };
      await assert.rejects(
        predict(request, options),
        (e) => e instanceof ModelError && e.problem.code === "M_NONFINITE",
      );
    }
  });

  it("reports every patch out of a total known before the first", async () => {
    const seen: string[] = [];
    await predictLabels(
      { where: "net", inputChannels: 1, patch: { kind: "fixed", size: [2, 2, 2] }, output: binary },
      { image: new Float32Array(5 * 4 * 2), shape: [5, 4, 2], mirrorAxes: [2] },
      {
        run: runOf(oddNetwork(2), 2),
        batchSize: 4,
        signal: noSignal,
        onProgress: (...at) => void seen.push(String(at)),
      },
    );
    // Four places along D, three along H, one along W, each seen twice: 24 views, four at a time.
    assert.deepEqual(seen, ["0,24", "4,24", "8,24", "12,24", "16,24", "20,24", "24,24"]);
  });

  it("stops after the run under way when the signal is aborted", async () => {
    const abort = new AbortController();
    let runs = 0;
    const run: RunPatches = async (patches) => {
      if (++runs === 2) abort.abort();
      return new Float32Array(2 * patches.length);
    };
    const network = {
      where: "net",
      inputChannels: 1,
      patch: { kind: "fixed", size: [2, 2, 2] },
      output: binary,
    } as const;
    const request = { image: new Float32Array(8 * 8 * 8), shape: [8, 8, 8] as Triple };
    const work = predictLabels(network, request, {
      run,
      batchSize: 1,
      signal: abort.signal,
      onProgress: () => undefined,
    });
    await assert.rejects(work, { name: "AbortError" });
    assert.equal(runs, 2);
  });
});

const CHANNELS = 2;
const binary: NetworkOutput = { kind: "logits", classIds: [0, 1] };

interface Run {
  readonly network: PatchFunction;
  readonly rule: PatchRule;
  readonly classes?: number;
  readonly output?: NetworkOutput;
  readonly channels?: number;
  readonly batchSize?: number;
}

async function predict(request: PredictRequest, run: Run) {
  return (await predictAll(request, run)).labels;
}

function predictAll(request: PredictRequest, { network, rule, channels = CHANNELS, batchSize = 1, ...rest }: Run) {
  const classIds = Array.from({ length: rest.classes ?? 0 }, (_, c) => c);
  const output = rest.output ?? { kind: "logits", classIds };
  const run = runOf(network, output.classIds.length, channels);
  const means = { run, batchSize, signal: noSignal, onProgress: () => undefined };
  return predictLabels({ where: "net", inputChannels: channels, patch: rule, output }, request, means);
}

function runOf(network: PatchFunction, classes: number, channels = 1): RunPatches {
  return async (patches, { count, patch }) => {
    const voxels = patch[0] * patch[1] * patch[2];
    const scores = new Float32Array((patches.length / channels) * classes);
    for (let n = 0; n < count; n++) {
      const one = Float64Array.from(patches.subarray(n * channels * voxels, (n + 1) * channels * voxels));
      scores.set(network(one, patch), n * classes * voxels);
    }
    return scores;
  };
}

/** Scores that depend on every neighbour and on the place in the patch, so that no mistake of place stays hidden. */
function oddNetwork(classes: number): PatchFunction {
  return (patch, [d, h, w]) => {
    const voxels = d * h * w;
    const scores = new Float64Array(classes * voxels);
    for (let c = 0; c < classes; c++)
      for (let i = 0; i < voxels; i++) {
        const neighbour = patch[(i + c + 1) % patch.length];
        scores[c * voxels + i] = Math.sin(3 * (c + 1) * patch[i % patch.length] + neighbour + 0.01 * i);
      }
    return scores;
  };
}

const side = fc.integer({ min: 1, max: 9 });
const triple = fc.tuple(side, side, side);
const mode = fc.constantFrom("linear" as const, "nearest" as const);
const cases = fc
  .record({
    shape: triple,
    outputShape: triple,
    patch: triple,
    classes: fc.integer({ min: 2, max: 4 }),
    batchSize: fc.integer({ min: 1, max: 3 }),
    overlap: fc.constantFrom(0, 0.25, 0.5, 0.8),
    mirrorAxes: fc.subarray([0, 1, 2]),
    interpolation: fc.tuple(mode, mode, mode),
    scoreBytes: fc.constantFrom(1, 2000, 1e9),
    seed: fc.nat(),
  })
  .map(({ seed, patch, classes, batchSize, ...request }) => {
    const [d, h, w] = request.shape;
    return { request: { ...request, image: noise(CHANNELS * d * h * w, seed) }, patch, classes, batchSize };
  });

function assertBestOrEqual(labels: ArrayLike<number>, scores: Float64Array, classes: number): void {
  const voxels = labels.length;
  const best = slowLabels(
    scores,
    Array.from({ length: classes }, (_, c) => c),
  );
  for (let i = 0; i < voxels; i++) {
    const short = scores[best[i] * voxels + i] - scores[labels[i] * voxels + i];
    assert.ok(short <= 1e-6, `voxel ${i}: class ${labels[i]} is ${short} below class ${best[i]}`);
  }
}
