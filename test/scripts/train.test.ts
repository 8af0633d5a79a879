import { strict as assert } from "node:assert";
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

const place = temporaryFolder();
const dataset = join(place, "data");
const cache = join(place, "cache");
const config = join(place, "config.json");
const settings = { schema: "rarevox-training/1", steps: 8, validateEvery: 3, validationCases: 2, warmUpSteps: 2 };

const train = (out: string, args: readonly string[], watch?: (child: ChildProcess) => void) =>
  runCli(["train", dataset, "--out", out, "--cache", cache, ...args], watch);
const fresh = ["--config", config, "--features", "4"];

/** Sends a signal once the run's log holds a step. */
function atStep(out: string, { step, signal }: { readonly step: number; readonly signal: NodeJS.Signals }) {
  return (child: ChildProcess) => {
    const timer = setInterval(() => {
      const log = existsSync(join(out, "log.jsonl")) ? readFileSync(join(out, "log.jsonl"), "utf8") : "";
      if (!log.includes(`"step":${step},`)) return;
      clearInterval(timer);
      child.kill(signal);
    }, 2);
    child.once("close", () => clearInterval(timer));
  };
}

const bytesIn = (out: string, name: string) => readFileSync(join(out, name));
const linesIn = (out: string) =>
  readFileSync(join(out, "log.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string; step: number; loss?: number });

describe("rarevox train @slow", function () {
  this.timeout(240_000);
  const whole = join(place, "whole");

  before(async () => {
    writeTinyDataset(dataset);
    writeFileSync(config, JSON.stringify(settings));
    const { code, stderr } = await train(whole, fresh);
    assert.equal(code, 0, stderr);
  });

  it("leaves settings, plan, split, log, curves, checkpoints, provenance and a bundle that segments", async () => {
    const steps = linesIn(whole).filter(({ kind }) => kind === "step");
    assert.deepEqual(
      steps.map(({ step }) => step),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    assert.deepEqual(
      linesIn(whole).flatMap(({ kind, step }) => (kind === "validation" ? [step] : [])),
      [3, 6, 8],
    );
    const split = JSON.parse(String(bytesIn(whole, "split.json")));
    assert.equal(split.training.length + split.validation.length, 6);
    assert.equal(bytesIn(whole, "curves.png").subarray(1, 4).toString(), "PNG");
    assert.equal(JSON.parse(String(bytesIn(whole, "provenance.json"))).steps, 8);
    const out = join(place, "segmented");
    const scan = join(dataset, "imagesTr", "case_0.nii.gz");
    const { code, stderr } = await runCli(["segment", scan, "--bundle", join(whole, "bundle"), "--out", out]);
    assert.equal(code, 0, stderr);
  });

  it("makes the same bytes from the same seed, and others from another", async () => {
    const [again, other] = [join(place, "again"), join(place, "other")];
    await train(again, fresh);
    await train(other, [...fresh, "--seed", "2"]);
    const weights = (out: string) => bytesIn(out, "bundle/network.onnx");
    assert.ok(weights(again).equals(weights(whole)));
    assert.ok(!weights(other).equals(weights(whole)));
  });

  for (const step of [2, 5])
    it(`goes on after kill -9 in step ${step} to the same bytes as a run that was never stopped`, async () => {
      const out = join(place, `killed ${step}`);
      const { code } = await train(out, fresh, atStep(out, { step, signal: "SIGKILL" }));
      assert.equal(code, null);
      const resumed = await train(out, ["--resume"]);
      assert.equal(resumed.code, 0, resumed.stderr);
      for (const name of ["checkpoints/last.safetensors", "checkpoints/best.safetensors", "bundle/network.onnx"])
        assert.ok(bytesIn(out, name).equals(bytesIn(whole, name)), name);
      const losses = (run: string) => linesIn(run).flatMap(({ kind, loss }) => (kind === "step" ? [loss] : []));
      assert.deepEqual(losses(out), losses(whole));
    });

  it("writes a checkpoint on Ctrl-C, exits with 130, and goes on from that very step", async () => {
    const out = join(place, "interrupted");
    const { code } = await train(out, fresh, atStep(out, { step: 4, signal: "SIGINT" }));
    assert.equal(code, 130);
    const stopped = linesIn(out).findLast(({ kind }) => kind === "stopped");
    assert.ok(stopped !== undefined && stopped.step >= 4);
    const early = await train(out, ["--deliver-now"]);
    assert.equal(early.code, 0, early.stderr);
    assert.ok(!bytesIn(out, "bundle/network.onnx").equals(bytesIn(whole, "bundle/network.onnx")));
    await train(out, ["--resume"]);
    const resumed = linesIn(out).find(({ kind }) => kind === "resumed");
    assert.equal(resumed?.step, stopped.step);
    assert.ok(bytesIn(out, "bundle/network.onnx").equals(bytesIn(whole, "bundle/network.onnx")));
  });

  it("starts from weights of another run: the first loss is near where that one ended", async () => {
    const out = join(place, "tuned");
    const init = join(whole, "checkpoints", "last.safetensors");
    await train(out, [...fresh, "--init", init]);
    const [first, scratch] = [out, whole].map((run) => linesIn(run).find(({ kind }) => kind === "step")?.loss ?? 0);
    assert.ok(first < scratch, `${first} is not below ${scratch}`);
  });

  it("refuses weights of another network by name, a run folder that is in use, a changed plan, and conflicting options", async () => {
    const init = join(whole, "checkpoints", "last.safetensors");
    const wider = await train(join(place, "wider"), ["--config", config, "--features", "8", "--init", init]);
    assert.match(wider.stderr, /expected encoder\.stages\.0\.0\.conv\.weight \[8,1,3,3,3\], got \[4,1,3,3,3\]/);
    assert.equal(wider.code, 3);
    const used = await train(whole, fresh);
    assert.equal(used.code, 2);
    assert.match(used.stderr, /expected a new or empty folder for a run/);
    const changed = join(place, "interrupted");
    writeFileSync(join(changed, "config.json"), JSON.stringify({ ...settings, seed: 9 }));
    const resumed = await train(changed, ["--resume"]);
    assert.equal(resumed.code, 2);
    assert.match(resumed.stderr, /got changed ones/);
    assert.equal((await train(changed, ["--resume", "--seed", "3"])).code, 2);
    const groups = [{ name: "mine", match: "attention" }];
    writeFileSync(join(place, "groups.json"), JSON.stringify({ ...settings, groups }));
    const strange = await train(join(place, "strange"), ["--config", join(place, "groups.json"), "--features", "4"]);
    assert.equal(strange.code, 2);
    assert.match(strange.stderr, /mine: expected parameters that fit, got none fits attention/);
    const nowhere = await train(join(place, "nowhere"), ["--resume"]);
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.stderr, /config\.json: expected training settings, got no file/);
  });

  it("draws the curves again on demand, and prints the schemas of what people write", async () => {
    rmSync(join(whole, "curves.png"));
    const { code, stderr } = await runCli(["curves", whole]);
    assert.equal(code, 0, stderr);
    assert.equal(bytesIn(whole, "curves.png").subarray(1, 4).toString(), "PNG");
    for (const kind of ["training", "plan"]) {
      const { stdout } = await runCli(["schema", kind]);
      assert.equal(typeof JSON.parse(stdout).title, "string");
    }
  });

  it("names every bad case and trains without them when told", async () => {
    const bad = join(place, "bad");
    writeTinyDataset(bad, { cases: 5 });
    writeFileSync(join(bad, "labelsTr", "case_1.nii.gz"), "no image");
    writeFileSync(join(bad, "imagesTr", "case_3.nii.gz"), readFileSync(join(bad, "imagesTr", "case_2.nii.gz")));
    const run = (out: string, args: readonly string[]) =>
      runCli(["train", bad, "--out", out, "--cache", cache, ...fresh, "--plan-only", ...args]);
    const refused = await run(join(place, "refused"), []);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /2 of 5 that are not: case_1 .*; case_3 /);
    assert.ok(!existsSync(join(place, "refused", "plan.json")));
    const skipped = await run(join(place, "skipped"), ["--skip-bad-cases"]);
    assert.equal(skipped.code, 0, skipped.stderr);
    const { training, validation } = JSON.parse(String(bytesIn(join(place, "skipped"), "split.json")));
    assert.deepEqual([...training, ...validation].sort(), ["case_0", "case_2", "case_4"]);
  });
});
