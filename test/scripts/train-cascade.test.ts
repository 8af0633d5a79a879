import { strict as assert } from "node:assert";
import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

const place = temporaryFolder();
const dataset = join(place, "data");
const settings = join(place, "cascade.json");
const training = {
  steps: 30,
  validateEvery: 10,
  validationCases: 1,
  learningRate: 0.01,
  averageDecay: 0.9,
  warmUpSteps: 0,
  augmentation: { preset: "none" },
};
const network = { plan: { features: 4 }, config: training };
const cascade = {
  schema: "rarevox-cascade/1",
  coarse: { ...network, shrink: 1.5, folds: 2 },
  fine: network,
  stages: [
    { name: "big", classes: ["large"] },
    { name: "little", classes: ["small"], config: { ...training, network: { kind: "unet", encoder: "residual" } } },
  ],
  regions: { leastMm: 2 },
};

const train = (out: string, more: readonly string[] = [], watch?: (child: ChildProcess) => void) =>
  runCli(
    ["train", dataset, "--out", out, "--cascade", settings, "--cache", join(place, "cache"), "--workers", "1", ...more],
    watch,
  );

/** Sends a signal once a network's log holds a step. */
function atStep(log: string, { step, signal }: { readonly step: number; readonly signal: NodeJS.Signals }) {
  return (child: ChildProcess) => {
    const timer = setInterval(() => {
      if (!existsSync(log) || !readFileSync(log, "utf8").includes(`"step":${step},`)) return;
      clearInterval(timer);
      child.kill(signal);
    }, 2);
    child.once("close", () => clearInterval(timer));
  };
}

const jsonAt = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));
function assertSameBundle(out: string, whole: string): void {
  for (const name of ["coarse.onnx", "big.onnx", "little.onnx"]) {
    const [own, wanted] = [out, whole].map((run) => readFileSync(join(run, "bundle", name)));
    assert.ok(own.equals(wanted), name);
  }
  // The day may have changed between them.
  const [own, wanted] = [out, whole].map((run) => jsonAt(run, "bundle", "bundle.json"));
  assert.deepEqual({ ...own, training: { ...own.training, date: wanted.training.date } }, wanted);
}

describe("rarevox train --cascade @slow", function () {
  this.timeout(300_000);
  const whole = join(place, "whole");

  before(async () => {
    writeTinyDataset(dataset);
    writeFileSync(settings, JSON.stringify(cascade));
    const { code, stderr } = await train(whole);
    assert.equal(code, 0, stderr);
  });

  it("delivers one bundle of a coarse network and fine ones, with their regions, and leaves no crop behind", () => {
    const { networks, stages, scores } = jsonAt(whole, "bundle", "bundle.json");
    assert.deepEqual(
      networks.map(({ name, file }: { name: string; file: string }) => [name, file]),
      [
        ["coarse", "coarse.onnx"],
        ["big", "big.onnx"],
        ["little", "little.onnx"],
      ],
    );
    assert.deepEqual(networks[0].spacingMm, [1.5, 1.5, 1.5]);
    assert.deepEqual(
      [networks[1].spacingMm, networks[1].output.channels],
      [
        [1, 1, 1],
        ["background", "large"],
      ],
    );
    assert.equal(stages.conflicts, "most-probable");
    assert.deepEqual(stages.segment[1], { network: "little", region: "little", classes: ["small"] });
    assert.deepEqual(stages.locate.regions[0].widen, { factor: 1.5, times: 2 });
    assert.ok(stages.locate.regions.every(({ priors }: { priors: readonly unknown[] }) => priors.length > 0));
    assert.ok(scores.some((score: { class: string; mean: number }) => score.class === "large" && score.mean > 0.5));
    assert.deepEqual(readdirSync(whole).includes("crops"), false);
    assert.equal(jsonAt(whole, "fine", "little", "config.json").network.encoder, "residual");
  });

  it("shows the held-out cases to no network, and each training case to all coarse ones but one", () => {
    const { training: learnt, validation } = jsonAt(whole, "split.json");
    const splits = ["fold-0", "fold-1"].map((fold) => jsonAt(whole, "coarse", fold, "split.json"));
    const sorted = (ids: readonly string[]) => [...ids].sort();
    for (const split of splits) assert.deepEqual(sorted([...split.training, ...split.validation]), sorted(learnt));
    assert.deepEqual(sorted(splits.flatMap((split) => split.validation)), sorted(learnt));
    assert.deepEqual(jsonAt(whole, "coarse", "all", "split.json"), { training: learnt, validation });
    const crops = jsonAt(whole, "fine", "big", "split.json");
    const caseOf = (id: string) => id.replace(/#\d+$/, "");
    assert.deepEqual(sorted([...new Set<string>(crops.training.map(caseOf))]), sorted(learnt));
    assert.deepEqual(crops.validation.map(caseOf), validation);
    for (const [fold, split] of splits.entries()) {
      const found = jsonAt(whole, "coarse", `found-${fold}.json`);
      assert.deepEqual(sorted(found.map(({ id }: { id: string }) => id)), sorted(split.validation));
    }
  });

  it("says in its provenance which margin each region got, and what share of its structure it takes in", () => {
    const { regions, steps, cases } = jsonAt(whole, "provenance.json");
    assert.deepEqual([steps, cases], [5 * 30, { training: 5, heldOut: 1 }]);
    for (const { region, training: recall, heldOut } of regions) {
      assert.ok(region.marginMm.every((margin: number) => margin >= 2));
      assert.equal(recall.holders, 5);
      assert.ok(recall.meanShare > 0.5 && recall.meanShare <= 1);
      assert.equal(heldOut.found + heldOut.prior + heldOut.whole, 1);
    }
    assert.deepEqual(jsonAt(whole, "regions.json"), regions);
  });

  it("keeps one log of all steps, with the Dice of the whole on the held-out cases at its end", () => {
    const lines = readFileSync(join(whole, "log.jsonl"), "utf8").trim().split("\n");
    const records = lines.map((line) => JSON.parse(line) as { kind: string; step: number; dice?: object });
    assert.deepEqual(
      records.map(({ step }) => step),
      [...Array.from({ length: 150 }, (_, n) => n + 1), 150],
    );
    assert.deepEqual(records.at(-1)?.dice, jsonAt(whole, "provenance.json").dice);
    assert.equal(readFileSync(join(whole, "curves.png")).subarray(1, 4).toString(), "PNG");
  });

  it("segments a scan with the bundle, and says where its networks looked", async () => {
    const out = join(place, "segmented");
    const scan = join(dataset, "imagesTr", "case_0.nii.gz");
    const { code, stderr } = await runCli(["segment", scan, "--bundle", join(whole, "bundle"), "--out", out]);
    assert.equal(code, 0, stderr);
    const [name] = readdirSync(out);
    const { regions } = jsonAt(out, name, "provenance.json");
    assert.deepEqual(
      regions.map((each: { name: string; network: string }) => [each.name, each.network]),
      [
        ["big", "big"],
        ["little", "little"],
      ],
    );
  });

  for (const network of ["coarse/fold-1", "fine/little"])
    it(`goes on after kill -9 in ${network} to the same bytes as a run that was never stopped`, async () => {
      const out = join(place, network.replace("/", " "));
      const { code } = await train(out, [], atStep(join(out, network, "log.jsonl"), { step: 14, signal: "SIGKILL" }));
      assert.equal(code, null);
      assert.ok(!existsSync(join(out, "bundle")));
      const resumed = await train(out, ["--resume"]);
      assert.equal(resumed.code, 0, resumed.stderr);
      assertSameBundle(out, whole);
      assert.deepEqual(jsonAt(out, "regions.json"), jsonAt(whole, "regions.json"));
    });

  it("writes a checkpoint on Ctrl-C, exits with 130, and goes on from that very step without being told the settings", async () => {
    const out = join(place, "interrupted");
    const log = join(out, "fine", "big", "log.jsonl");
    const { code } = await train(out, [], atStep(log, { step: 4, signal: "SIGINT" }));
    assert.equal(code, 130);
    const lines = () =>
      readFileSync(log, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { kind: string; step: number });
    const stopped = lines().findLast(({ kind }) => kind === "stopped");
    const resumed = await runCli(["train", dataset, "--out", out, "--cache", join(place, "cache"), "--resume"]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(lines().find(({ kind }) => kind === "resumed")?.step, stopped?.step);
    assertSameBundle(out, whole);
  });

  it("stops with --plan-only before any network is trained, and goes on by settings that were edited meanwhile", async () => {
    const out = join(place, "planned");
    const planned = await train(out, ["--plan-only"]);
    assert.equal(planned.code, 0, planned.stderr);
    assert.match(planned.stderr, /planned: edit .*cascade\.json, then pass --resume/);
    assert.deepEqual(readdirSync(out).sort(), ["cascade.json", "fingerprint.json", "split.json"]);
    const short = (part: object) => ({ ...part, config: { ...training, steps: 2, validateEvery: 2 } });
    const { coarse, fine, stages: _, ...rest } = jsonAt(out, "cascade.json");
    const edited = { ...rest, coarse: short(coarse), fine: short(fine) };
    writeFileSync(join(out, "cascade.json"), JSON.stringify(edited));
    const resumed = await runCli(["train", dataset, "--out", out, "--cache", join(place, "cache"), "--resume"]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(jsonAt(out, "provenance.json").steps, 5 * 2);
  });

  it("refuses other settings on --resume, options of a single network, and settings that are wrong", async () => {
    const other = join(place, "other.json");
    writeFileSync(other, JSON.stringify({ ...cascade, regions: { leastMm: 3 } }));
    const changed = await runCli(["train", dataset, "--out", whole, "--cascade", other, "--resume"]);
    assert.match(changed.stderr, /expected the settings of .*cascade\.json/);
    assert.equal(changed.code, 2);
    const single = await train(join(place, "single"), ["--features", "8"]);
    assert.match(single.stderr, /cannot be used with option '--features/);
    writeFileSync(other, JSON.stringify({ ...cascade, regions: { jitter: 0.9 } }));
    const wrong = await runCli(["train", dataset, "--out", join(place, "wrong"), "--cascade", other]);
    assert.match(wrong.stderr, /other\.json#\/regions\/jitter/);
    assert.equal(wrong.code, 2);
  });
});
