import { strict as assert } from "node:assert";
import { startInferenceProcess } from "../../../pipeline/runtime/inference-process.ts";
import { ModelError } from "../../../pipeline/volume/errors.ts";

const options = { where: "net.onnx", silenceMs: 10_000 };

describe("startInferenceProcess", function () {
  this.timeout(10_000);

  it("describes ONNX Runtime: its version and the cpu among its providers", async () => {
    const child = startInferenceProcess();
    const { answer } = await child.ask("describe", {}, options);
    await child.end();
    assert.match(answer.version, /^\d+\.\d+\.\d+$/);
    assert.ok(answer.providers.includes("cpu"));
  });

  for (const [signal, code] of [
    ["SIGSEGV", "M_CRASH"],
    ["SIGABRT", "M_CRASH"],
    ["SIGKILL", "M_MEMORY"],
  ] as const)
    it(`reports ${code} and lives on when the process is ended by ${signal}`, async () => {
      const child = startInferenceProcess();
      const work = child.ask("describe", {}, options);
      process.kill(child.pid as number, signal);
      await assert.rejects(work, (error) => error instanceof ModelError && error.problem.code === code);
      assert.equal(child.alive(), false);
      await assert.rejects(child.ask("describe", {}, options), ModelError);
    });
});
