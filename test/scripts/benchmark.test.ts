import { strict as assert } from "node:assert";
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { boxesSpec, cellsIn, textsIn, writeBoxesBenchmark } from "../support/benchmark-of-boxes.ts";
import { runCli } from "../support/cli.ts";
import { killBelow, killTree } from "../support/kill-tree.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const place = temporaryFolder();
const { spec, data } = writeBoxesBenchmark(place);
const cache = join(place, "cache");

const benchmark = (out: string, args: readonly string[] = [], { file = spec, watch = (_: ChildProcess) => {} } = {}) =>
  runCli(["benchmark", file, "--data", `boxes=${data}`, "--out", out, "--cache", cache, ...args], watch);

/** Kills the process and all its children as soon as something is there. */
function killedWhen(isThere: () => boolean) {
  return (child: ChildProcess) => {
    const timer = setInterval(() => {
      if (!isThere()) return;
      clearInterval(timer);
      killTree(child.pid ?? 0);
    }, 2);
    child.once("close", () => clearInterval(timer));
  };
}

const statesIn = (out: string) =>
  Object.values(textsIn(out, "state.json")).map((text) => (JSON.parse(text) as { state: string }).state);
const count = <T>(list: readonly T[], wanted: T) => list.filter((each) => each === wanted).length;

describe("rarevox benchmark, before it trains @slow", function () {
  this.timeout(120_000);

  it("refuses a specification by JSON pointer, a data set without a place and one it has not", async () => {
    const { spec: broken } = writeBoxesBenchmark(
      place,
      { trainings: [{ name: "x", config: { loss: 1 } }] },
      "broken.json",
    );
    const { code, stderr } = await benchmark(join(place, "none"), [], { file: broken });
    assert.equal(code, 2);
    assert.match(stderr, /broken\.json#\/trainings\/0\/config\/loss: expected a value that must be object, got 1/);
    const homeless = await runCli(["benchmark", spec, "--out", join(place, "none"), "--cache", cache]);
    assert.equal(homeless.code, 2);
    assert.match(
      homeless.stderr,
      /boxes: expected a folder or list of this data set, got none. Pass --data boxes=<path>/,
    );
    const stranger = await benchmark(join(place, "none"), ["--data", "balls=elsewhere"]);
    assert.match(stranger.stderr, /--data: expected one of boxes, got balls/);
    assert.equal((await benchmark(join(place, "none"), ["--shard", "3/2"])).code, 2);
  });

  it("has a schema that names every field of a specification", async () => {
    const { code, stdout } = await runCli(["schema", "benchmark"]);
    assert.equal(code, 0);
    const { properties } = JSON.parse(stdout) as { properties: object };
    for (const key of Object.keys(boxesSpec)) assert.ok(key in properties, key);
  });

  it("lists the cells with --dry-run and trains nothing", async () => {
    const out = join(place, "dry");
    const { code, stdout, stderr } = await benchmark(out, ["--dry-run"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /boxes +│ unet\/dice │ +1 │ +1 │ [0-9a-f]{8} │ to do │ 6 steps │ 3 \+ 3/);
    assert.match(stdout, /4 of 4 cells left, about \d+ s/);
    assert.deepEqual(cellsIn(out), []);
    // A path in the specification starts at its own folder.
    const datasets = [{ name: "boxes", path: "data", foldCount: 3 }];
    const { spec: file } = writeBoxesBenchmark(place, { datasets }, "placed.json");
    const placed = await runCli(["benchmark", file, "--out", out, "--cache", cache, "--dry-run", "--shard", "2/2"]);
    assert.match(placed.stdout, /3 of 3 cells left/);
  });
});

describe("rarevox benchmark @slow", function () {
  this.timeout(600_000);
  const whole = join(place, "whole");

  before(async () => {
    const { code, stderr } = await benchmark(whole);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /\[4\/4\] boxes unet\/dice fold 1 seed 1: Dice 0\.\d{4} in/);
    assert.match(stderr, /4 of 4 cells done, 0 failed/);
  });

  it("leaves scores, costs and a bundle of each cell, and a report", () => {
    const scores = Object.values(textsIn(whole, "scores.csv"));
    assert.equal(scores.length, 4);
    // Three cases, two classes and two metrics below a heading.
    for (const text of scores) assert.equal(text.trim().split("\n").length, 1 + 3 * 2 * 2);
    assert.equal(Object.keys(textsIn(whole, "cost.json")).length, 4);
    assert.equal(Object.keys(textsIn(whole, "run/bundle/bundle.json")).length, 4);
    assert.ok(existsSync(join(whole, "report", "report.html")));
  });

  it("does nothing a second time", async () => {
    const trained = textsIn(whole, "run/log.jsonl");
    const { code, stderr } = await benchmark(whole);
    assert.equal(code, 0, stderr);
    assert.deepEqual(textsIn(whole, "run/log.jsonl"), trained);
  });

  it("goes on after kill -9 while training, while scoring and between cells to the same bytes of scores", async () => {
    const out = join(place, "killed");
    const someCell = (isIt: (folder: string) => boolean) => () =>
      cellsIn(out).some((hash) => isIt(join(out, "cells", hash)));
    const done = () => count(statesIn(out), "done");
    const moments = [
      someCell(
        (cell) =>
          existsSync(join(cell, "run/log.jsonl")) &&
          /"step":5,/.test(readFileSync(join(cell, "run/log.jsonl"), "utf8")),
      ),
      someCell(
        (cell) =>
          existsSync(join(cell, "cases/0001.inference.json")) && !existsSync(join(cell, "cases/0002.scores.json")),
      ),
      () => done() === 2,
      () => done() === 2 && cellsIn(out).length === 3,
    ];
    for (const isThere of moments) {
      const { code } = await benchmark(out, [], { watch: killedWhen(isThere) });
      assert.equal(code, null);
    }
    assert.ok(count(statesIn(out), "done") < 4);
    const { code, stderr } = await benchmark(out);
    assert.equal(code, 0, stderr);
    for (const file of ["scores.csv", "run/bundle/network.onnx"])
      assert.deepEqual(textsIn(out, file), textsIn(whole, file));
  });

  it("exits with 130 on Ctrl-C and goes on from there", async () => {
    const out = join(place, "interrupted");
    const watch = (child: ChildProcess) => {
      const timer = setInterval(() => {
        if (Object.keys(textsIn(out, "run/log.jsonl")).length > 0) child.kill("SIGINT");
      }, 20);
      child.once("close", () => clearInterval(timer));
    };
    assert.equal((await benchmark(out, [], { watch })).code, 130);
    assert.equal((await benchmark(out)).code, 0);
    assert.deepEqual(textsIn(out, "scores.csv"), textsIn(whole, "scores.csv"));
  });

  it("splits the cells among shards that together are the whole, and names what is missing until then", async () => {
    const out = join(place, "shards");
    const first = await benchmark(out, ["--shard", "1/2", "--json"]);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /2 of 4 cells done, 0 failed, 2 not run yet/);
    const { missing } = JSON.parse(first.stdout) as { missing: readonly { fold: number }[] };
    assert.deepEqual(
      missing.map(({ fold }) => fold),
      [1, 1],
    );
    const early = textsIn(out, "scores.csv");
    await benchmark(out, ["--shard", "2/2"]);
    assert.equal(Object.keys(early).length, 2);
    assert.deepEqual(textsIn(out, "scores.csv"), textsIn(whole, "scores.csv"));
  });

  it("lets two processes share a folder: each cell is trained once", async () => {
    const out = join(place, "shared");
    const both = await Promise.all([benchmark(out), benchmark(out)]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    const logs = Object.values(textsIn(out, "run/log.jsonl"));
    assert.deepEqual(
      logs.map((text) => text.match(/"kind":"started"/g)?.length),
      [1, 1, 1, 1],
    );
    const { code, stderr } = await benchmark(out, ["--report-only"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /4 of 4 cells done/);
    assert.deepEqual(textsIn(out, "scores.csv"), textsIn(whole, "scores.csv"));
  });

  it("scores what is trained again when metrics change, without training it again", async () => {
    const out = join(place, "shared");
    const { spec: file } = writeBoxesBenchmark(place, { metrics: ["iou"] }, "iou.json");
    const logs = textsIn(out, "run/log.jsonl");
    const { code, stderr } = await benchmark(out, [], { file });
    assert.equal(code, 0, stderr);
    assert.deepEqual(textsIn(out, "run/log.jsonl"), logs);
    for (const text of Object.values(textsIn(out, "scores.csv"))) assert.match(text, /^case_\d,,large,iou,[\d.]+$/m);
  });

  it("names a cell that fails, runs the others, keeps the failure until it is told to try again", async () => {
    const out = join(place, "failing");
    const wild = {
      loss: { terms: [{ kind: "dice" }] },
      learningRate: 1e6,
      clipNorm: 1e6,
      optimiser: { kind: "sgd", momentum: 0 },
    };
    const trainings = [
      { name: "wild", config: wild },
      { name: "ce", config: {} },
    ];
    const datasets = [{ name: "boxes", foldCount: 2, folds: [0], plan: { features: 4 } }];
    const changes = { trainings, datasets, budget: { steps: 12 } };
    const { spec: file } = writeBoxesBenchmark(place, changes, "failing.json");
    const { code, stderr } = await benchmark(out, [], { file });
    assert.equal(code, 3, stderr);
    assert.match(stderr, /\[1\/2\] boxes unet\/wild fold 0 seed 1: failed in/);
    assert.match(stderr, /expected finite numbers in step \d+/);
    assert.match(stderr, /\[2\/2\] boxes unet\/ce fold 0 seed 1: Dice/);
    assert.deepEqual(statesIn(out).sort(), ["done", "failed"]);
    const again = await benchmark(out, ["--json"], { file });
    assert.equal(again.code, 3);
    assert.doesNotMatch(again.stderr, /\[1\/2\]/);
    assert.match(
      (JSON.parse(again.stdout) as { failures: readonly { problem: string }[] }).failures[0].problem,
      /finite numbers/,
    );
    const retried = await benchmark(out, ["--retry-failed"], { file });
    assert.equal(retried.code, 3);
    assert.match(retried.stderr, /\[1\/2\] boxes unet\/wild fold 0 seed 1: failed in/);
  });

  it("names a cell whose process is killed, as the system does when memory is short, and runs the others", async () => {
    const out = join(place, "crashed");
    const watch = (child: ChildProcess) => {
      const timer = setInterval(() => {
        if (!Object.values(textsIn(out, "run/log.jsonl")).some((text) => /"step":2,/.test(text))) return;
        clearInterval(timer);
        killBelow(child.pid ?? 0);
      }, 2);
      child.once("close", () => clearInterval(timer));
    };
    const { code, stderr } = await benchmark(out, ["--shard", "1/2"], { watch });
    assert.equal(code, 3, stderr);
    assert.match(stderr, /\[1\/2\] boxes unet\/ce fold 0 seed 1: failed in/);
    assert.match(stderr, /\[2\/2\] boxes unet\/dice fold 0 seed 1: Dice/);
    const retried = await benchmark(out, ["--shard", "1/2", "--retry-failed"]);
    assert.equal(retried.code, 0, retried.stderr);
    const scores = textsIn(whole, "scores.csv");
    for (const [hash, text] of Object.entries(textsIn(out, "scores.csv"))) assert.equal(text, scores[hash]);
  });

  it("gives each cell as many steps as were measured to fit its minutes, and remembers them", async () => {
    const out = join(place, "minutes");
    const datasets = [{ name: "boxes", foldCount: 2, folds: [0], plan: { features: 4 } }];
    const changes = { budget: { minutes: 0.03 }, datasets, trainings: [{ name: "ce", config: {} }] };
    const { spec: file } = writeBoxesBenchmark(place, changes, "minutes.json");
    const isTraining = () => Object.values(textsIn(out, "run/log.jsonl")).some((text) => /"step":2,/.test(text));
    await benchmark(out, [], { file, watch: killedWhen(isTraining) });
    const [measured] = Object.values(textsIn(out, "calibration.json"));
    const { steps, secondsPerStep } = JSON.parse(measured) as { steps: number; secondsPerStep: number };
    assert.equal(steps, Math.max(1, Math.floor(1.8 / secondsPerStep)));
    const { code, stderr } = await benchmark(out, [], { file });
    assert.equal(code, 0, stderr);
    assert.deepEqual(Object.values(textsIn(out, "calibration.json")), [measured]);
    const [cost] = Object.values(textsIn(out, "cost.json"));
    assert.equal((JSON.parse(cost) as { steps: number }).steps, steps);
  });

  it("draws a phantom that the specification asks for", async () => {
    const datasets = [{ name: "mre", phantom: { kind: "mre", cases: 2, size: "small" }, foldCount: 2 }];
    const { spec: file } = writeBoxesBenchmark(place, { datasets }, "phantom.json");
    const out = join(place, "phantom");
    const { code, stdout, stderr } = await runCli(["benchmark", file, "--out", out, "--cache", cache, "--dry-run"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /mre +│ unet\/ce +│ +0 │ +1 │/);
    assert.ok(existsSync(join(out, "phantoms", "mre", "dataset.json")));
  });
});
