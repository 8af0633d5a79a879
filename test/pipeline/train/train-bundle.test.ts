import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeModel } from "../../../models/graph/decode.ts";
import { loadBundle } from "../../../pipeline/bundle/load-bundle.ts";
import { readSafetensors } from "../../../pipeline/bundle/safetensors.ts";
import { imbalanceMethods } from "../../../pipeline/train/imbalance.ts";
import { type TrainBundleOptions, trainBundle } from "../../../pipeline/train/train-bundle.ts";
import { completeConfig, type PartialTrainingConfig } from "../../../pipeline/train/training-config.ts";
import type { LogRecord, StepRecord, ValidationRecord } from "../../../pipeline/train/training-log.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { writeTinyDataset } from "../../support/tiny-dataset.ts";

const place = temporaryFolder();
const dataset = join(place, "data");

/** A run of a few steps, and what it logged. */
async function run(name: string, config: PartialTrainingConfig, options: Partial<TrainBundleOptions> = {}) {
  const records: LogRecord[] = [];
  const out = join(place, name);
  const few = { steps: 3, validateEvery: 3, validationCases: 1, warmUpSteps: 0 };
  const trained = await trainBundle({
    dataset,
    out,
    config: completeConfig({ ...few, ...config }),
    planOptions: { features: 4 },
    fold: 0,
    folds: "stratified",
    foldCount: 3,
    skipBadCases: false,
    cache: join(place, "cache"),
    onRecord: (record) => records.push(record),
    ...options,
  });
  return { trained, out, records };
}

const stepsOf = (records: readonly LogRecord[]) =>
  records.filter((record): record is StepRecord => record.kind === "step");
const lastValidation = (records: readonly LogRecord[]) =>
  records.findLast((record): record is ValidationRecord => record.kind === "validation");

/** Lists the data set in nnU-Net's way, its labels meaning something else. */
function relabelled(name: string, labels: object, more: object = {}): string {
  const folder = join(place, name);
  writeTinyDataset(folder);
  const { training } = JSON.parse(readFileSync(join(folder, "dataset.json"), "utf8")) as {
    training: readonly { image: string; label: string }[];
  };
  const listed = Object.fromEntries(training.map(({ image, label }, n) => [`case_${n}`, { images: [image], label }]));
  const list = { channel_names: { 0: "T2" }, labels, file_ending: ".nii.gz", dataset: listed, ...more };
  writeFileSync(join(folder, "dataset.json"), JSON.stringify(list));
  return folder;
}

describe("trainBundle @slow", function () {
  this.timeout(120_000);
  before(() => writeTinyDataset(dataset));

  it("learns: bright boxes in noise are found after 60 steps", async () => {
    const { trained, records } = await run("learns", {
      steps: 60,
      validateEvery: 30,
      learningRate: 0.01,
      averageDecay: 0.9,
      augmentation: { preset: "none" },
    });
    assert.ok((trained?.dice.large ?? 0) > 0.9, `${JSON.stringify(trained?.dice)}`);
    const exposure = lastValidation(records)?.exposure ?? [];
    const { batch, patch } = JSON.parse(readFileSync(join(place, "learns", "plan.json"), "utf8"));
    const voxels = exposure.reduce((sum, each) => sum + each.voxels, 0);
    assert.equal(voxels, 60 * batch * patch[0] * patch[1] * patch[2]);
  });

  let plainLosses: readonly number[] | undefined;
  const lossesOf = async (name: string) => stepsOf((await run(name, {})).records).map(({ loss }) => loss);

  const variants: Readonly<Record<string, PartialTrainingConfig>> = {
    "a residual encoder": { network: { kind: "unet", encoder: "residual" } },
    "recomputed blocks": { recompute: true },
    "no moving average": { averageDecay: null },
    "gradient descent with momentum": { optimiser: { kind: "sgd" } },
    "class-balanced sampling and copy-paste": {
      sampling: { kind: "class-balanced" },
      augmentation: { preset: "nnunet-mr", transforms: [{ kind: "copy-paste", probability: 1, classes: ["small"] }] },
    },
    "distances to the boundary": { loss: { terms: [{ kind: "dice" }, { kind: "boundary", weight: 0.01 }] } },
    "unified focal loss with adjusted logits": { loss: { terms: [{ kind: "unified-focal" }], logitAdjustment: 1 } },
    "weights by class and a group of its own": {
      loss: { terms: [{ kind: "focal", classWeights: { kind: "effective-number" } }] },
      groups: [{ name: "heads", match: "logits", learningRateFactor: 0.1, weightDecay: 0, clipNorm: 1 }],
    },
  };
  const byName = imbalanceMethods.map(({ name }) => [name, { imbalance: [name] }] as const);
  const all = ["dynamic-focal", "hamr-sampling", "hamr-weights", "natural-selection", "confusable-contrast"];
  const together = [
    "many methods at once",
    { imbalance: [...all, "focal-attention"], deepSupervision: false },
  ] as const;
  for (const [name, config] of [...Object.entries(variants), ...byName, together])
    it(`trains with ${name}`, async () => {
      const { trained, records } = await run(name, config);
      assert.equal(trained?.steps, 3);
      const losses = stepsOf(records).map(({ loss }) => loss);
      assert.ok(losses.every(Number.isFinite));
      plainLosses ??= await lossesOf("plain");
      if ("imbalance" in config) assert.notDeepEqual(losses, plainLosses);
      const bundle = await loadBundle(trained.place.bundle);
      assert.equal(bundle.manifest.networks.length, 1);
      await bundle.close();
    });

  it("comes to the same bytes when it is stopped between validations, whatever it learns of itself meanwhile", async () => {
    const imbalance = ["dynamic-focal", "hamr-sampling", "hamr-weights", "confusable-contrast"];
    const config = { imbalance, steps: 6, validateEvery: 2 };
    const whole = await run("unstopped", config);
    const abort = new AbortController();
    const stop = (record: LogRecord) => {
      if (record.kind === "step" && record.step === 3) abort.abort(new Error("enough"));
    };
    await assert.rejects(run("stopped", config, { onRecord: stop, signal: abort.signal }), /enough/);
    const { trained, out } = await run("stopped", {}, { resume: true });
    assert.deepEqual(readFileSync(trained?.place.last ?? ""), readFileSync(whole.trained?.place.last ?? ""));
    const logOf = (folder: string) =>
      readFileSync(join(folder, "log.jsonl"), "utf8")
        .split("\n")
        .flatMap((line) => (line.includes('"step"') && line.includes('"loss"') ? [JSON.parse(line).loss] : []));
    assert.equal(logOf(out).length, 6);
    assert.deepEqual(logOf(out), logOf(whole.out));
  });

  it("delivers the last weights, not those that held-out cases chose, where the settings say so", async () => {
    const { trained } = await run("last", { steps: 3, validateEvery: 1, learningRate: 1e-6, deliver: "last" });
    assert.deepEqual([trained?.bestStep, trained?.deliveredStep], [1, 3]);
    const bundle = await loadBundle(trained?.place.bundle ?? "");
    const { initializers } = decodeModel((await bundle.networks[0].read()).model);
    const name = "encoder.stages.0.0.conv.weight";
    const averageIn = async (path = "") => (await readSafetensors(path)).tensors.get(`average.${name}`)?.data;
    const [last, best] = [await averageIn(trained?.place.last), await averageIn(trained?.place.best)];
    assert.notDeepEqual(last, best);
    const delivered = initializers.find((each) => each.name === name)?.data;
    assert.ok(delivered?.kind === "bytes");
    assert.deepEqual(new Float32Array(Uint8Array.from(delivered.bytes).buffer), last);
    assert.match(JSON.stringify(bundle.manifest.scores), /on the network's grid"/);
    await bundle.close();
  });

  it("trains a 2-D network on slices of volumes", async () => {
    const { trained } = await run("flat", {}, { planOptions: { features: 4, dimensions: 2 } });
    const bundle = await loadBundle(trained?.place.bundle ?? "");
    assert.deepEqual(bundle.manifest.networks[0].patch, { kind: "fixed", size: [1, 20, 16] });
    await bundle.close();
  });

  it("trains overlapping regions with sigmoids, the later one written over the earlier", async () => {
    const regions = relabelled("regions", { background: 0, whole: [1, 2], core: 2 }, { regions_class_order: [1, 2] });
    const { trained } = await run(
      "regional",
      { loss: { terms: [{ kind: "cross-entropy" }, { kind: "dice" }] } },
      { dataset: regions },
    );
    const bundle = await loadBundle(trained?.place.bundle ?? "");
    assert.equal(bundle.manifest.networks[0].output.kind, "sigmoid-logits");
    await bundle.close();
  });

  it("gives no loss and no score to voxels that nobody looked at", async () => {
    const ignored = relabelled("ignored", { background: 0, large: 1, ignore: 2 });
    const { records } = await run("looked", {}, { dataset: ignored });
    assert.deepEqual(Object.keys(lastValidation(records)?.dice ?? {}), ["large"]);
    const exposure = lastValidation(records)?.exposure ?? [];
    assert.deepEqual(
      exposure.map(({ name }) => name),
      ["background", "large"],
    );
  });

  it("stops at a loss that is no number, names the cases, and keeps the last good checkpoint", async () => {
    const config = { learningRate: 1e6, clipNorm: 1e6, optimiser: { kind: "sgd", momentum: 0 }, steps: 12 } as const;
    await assert.rejects(run("diverges", { ...config, validateEvery: 1 }), (error: Error) => {
      assert.match(error.message, /expected finite numbers in step \d+, got .*The last checkpoint is from before/);
      return true;
    });
    assert.ok(readFileSync(join(place, "diverges", "checkpoints", "last.safetensors")).length > 1000);
  });

  it("raises the alarm for a class whose Dice stays at 0", async () => {
    const { records } = await run("alarmed", { steps: 4, validateEvery: 1, alarmAfter: 2, learningRate: 1e-6 });
    const alarms = records.filter(({ kind }) => kind === "alarm");
    const zeros = records.filter((record) => record.kind === "validation" && Object.values(record.dice).includes(0));
    assert.equal(alarms.length > 0, zeros.length >= 2, JSON.stringify(records));
  });
});
