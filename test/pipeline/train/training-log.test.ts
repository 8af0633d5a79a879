import { strict as assert } from "node:assert";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { trainingCurves } from "../../../pipeline/train/training-curves.ts";
import { appendLog, type LogRecord, readLog, rewindLog } from "../../../pipeline/train/training-log.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const stepOf = (step: number): LogRecord => ({
  kind: "step",
  step,
  loss: 1 / step,
  learningRate: 0.1,
  gradientNorm: 1,
  terms: {},
  milliseconds: 1,
  waitMilliseconds: 0,
});

describe("training log", () => {
  const path = join(temporaryFolder(), "log.jsonl");

  it("is empty where there is none", async () => {
    assert.deepEqual(await readLog(path), []);
  });

  it("leaves out a line that a crash cut off, and forgets what came after a checkpoint", async () => {
    for (const step of [1, 2, 3]) await appendLog(path, stepOf(step));
    appendFileSync(path, '{"kind":"step","st');
    assert.deepEqual(await readLog(path), [1, 2, 3].map(stepOf));
    await rewindLog(path, 2);
    await appendLog(path, stepOf(3));
    assert.deepEqual(await readLog(path), [1, 2, 3].map(stepOf));
  });
});

describe("trainingCurves", () => {
  it("is a PNG also of a run that was never validated, and of one with more steps than points", async () => {
    for (const count of [1, 1000]) {
      const png = await trainingCurves(Array.from({ length: count }, (_, n) => stepOf(n + 1)));
      assert.equal(png.subarray(1, 4).toString(), "PNG");
    }
  });
});
