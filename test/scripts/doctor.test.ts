import { strict as assert } from "node:assert";
import { deviceNames } from "../../pipeline/runtime/devices.ts";
import { runCli } from "../support/cli.ts";

describe("rarevox doctor", function () {
  this.timeout(60_000);

  it("tries every device, finds the CPU working, and says what to install for what does not work", async () => {
    const { code, stdout } = await runCli(["doctor", "--json"]);
    assert.equal(code, 0);
    const { devices, cores, onnxRuntime } = JSON.parse(stdout);
    assert.ok(cores >= 1);
    assert.match(onnxRuntime, /^\d+\.\d+/);
    assert.deepEqual(
      devices.map(({ name }: { name: string }) => name),
      deviceNames.filter((name) => name !== "auto"),
    );
    const cpu = devices.find(({ name }: { name: string }) => name === "cpu");
    assert.equal(cpu.works, true);
    assert.equal(cpu.difference, 0);
    assert.ok(cpu.milliseconds > 0);
    for (const { works, reason, next } of devices) assert.ok(works || (reason.length > 0 && next.length > 0));
  });

  it("shows the same as a table", async () => {
    const { code, stdout } = await runCli(["doctor"]);
    assert.equal(code, 0);
    assert.match(stdout, /│ cpu +│ yes +│/);
  });
});
