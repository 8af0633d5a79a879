import { strict as assert } from "node:assert";
import { chooseDevice, installHint, type Probe } from "../../../pipeline/runtime/devices.ts";
import type { ProbeResult } from "../../../pipeline/runtime/probe.ts";
import { ConfigError, EnvironmentError } from "../../../pipeline/volume/errors.ts";

const providers = ["cpu", "webgpu", "cuda", "tensorrt"];

const fast = (device: string): ProbeResult => ({
  device,
  works: true,
  milliseconds: 2,
  cpuMilliseconds: 40,
  difference: 1e-6,
});

const broken = (device: string): ProbeResult => ({ device, works: false, reason: "no driver" });

/** Probes that answer by device, and remember who was asked. */
function probing(answers: Readonly<Record<string, ProbeResult>>) {
  const asked: string[] = [];
  const probe: Probe = async (device) => {
    asked.push(device);
    return answers[device] ?? broken(device);
  };
  return { asked, probe };
}

describe("chooseDevice", () => {
  it("takes the best device that works, without a word, and never TensorRT unasked", async () => {
    const { asked, probe } = probing({ webgpu: fast("webgpu"), cuda: fast("cuda"), tensorrt: fast("tensorrt") });
    assert.deepEqual(await chooseDevice("auto", { providers, probe }), { device: "cuda", warnings: [] });
    assert.deepEqual(asked, ["cuda"]);
  });

  it("goes on to the next when one is broken, wrong or slower than the CPU", async () => {
    const wrong = { ...fast("cuda"), difference: 0.2 };
    const { probe } = probing({ cuda: wrong, webgpu: fast("webgpu") });
    assert.equal((await chooseDevice("auto", { providers, probe })).device, "webgpu");
    const slow = { ...fast("webgpu"), milliseconds: 4000 };
    assert.equal((await chooseDevice("auto", { providers, probe: probing({ webgpu: slow }).probe })).device, "cpu");
  });

  it("says in one line why it is the CPU", async () => {
    const slow = { ...fast("webgpu"), milliseconds: 4000 };
    const { warnings } = await chooseDevice("auto", { providers, probe: probing({ webgpu: slow }).probe });
    assert.equal(warnings.length, 1);
    assert.equal(
      warnings[0].text,
      "Running on the CPU (cuda: no driver; webgpu: it needs 1.0e+2 times as long as the CPU). Try: rarevox doctor",
    );
  });

  it("asks no device when the CPU is wanted", async () => {
    const { asked, probe } = probing({});
    assert.equal((await chooseDevice("cpu", { providers, probe })).device, "cpu");
    assert.deepEqual(asked, []);
  });

  it("refuses a device that was asked for and does not work, with what to install", async () => {
    const refused = chooseDevice("cuda", { providers, probe: probing({}).probe });
    await assert.rejects(refused, (error: unknown) => {
      assert.ok(error instanceof EnvironmentError);
      assert.equal(error.problem.code, "E_DEVICE");
      assert.equal(error.problem.got, "no driver");
      assert.equal(error.problem.next, installHint("cuda"));
      return true;
    });
    await assert.rejects(chooseDevice("coreml", { providers, probe: probing({}).probe }), EnvironmentError);
  });

  it("lists the devices when the name is unknown", async () => {
    const unknown = chooseDevice("abacus", { providers, probe: probing({}).probe });
    await assert.rejects(unknown, (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /one of auto, cuda, dml, webgpu/);
      return true;
    });
  });
});

describe("installHint", () => {
  it("names CUDA 12 and the line of .npmrc on Linux, and nothing to install where there is nothing", () => {
    assert.match(installHint("cuda", "linux"), /CUDA 12 and cuDNN 9.*onnxruntime-node-install=cuda12/);
    assert.match(installHint("cuda", "darwin"), /There is no cuda for this kind of machine/);
  });
});
