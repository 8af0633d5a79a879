import { strict as assert } from "node:assert";
import { setTimeout as wait } from "node:timers/promises";
import { type Engine, openEngine } from "../../../pipeline/runtime/engine.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { isNamedError } from "../../../pipeline/volume/errors.ts";
import {
  convolutionNetwork,
  endlessNetwork,
  flatNetwork,
  greedyNetwork,
  identityNetwork,
  noise,
  notANumberNetwork,
} from "../../support/tiny-networks.ts";

describe("openEngine", function () {
  this.timeout(20_000);
  let engine: Engine;
  before(async () => {
    engine = await openEngine({ device: "cpu", silenceMs: 10_000 });
  });
  after(() => engine.close());

  const patch: Triple = [6, 10, 8];
  const shape: Triple = [7, 19, 13];
  const image = noise(7 * 19 * 13, 11);
  const small = { image: noise(64, 1), shape: [4, 4, 4] as Triple };

  it("gives the same labels for 1, 2 and 3 threads, and for batches of 1, 2 and a number fixed in the graph", async () => {
    const open = convolutionNetwork({ patch });
    const labelsWith = async (threads: number) => {
      const other = await openEngine({ device: "cpu", threads });
      const { labels } = await other.predict(await other.load(open), { image, shape });
      await other.close();
      return labels;
    };
    const labels = await labelsWith(1);
    assert.equal(new Set(labels).size, 3);
    for (const threads of [2, 3]) assert.deepEqual(await labelsWith(threads), labels);
    for (const spec of [open, convolutionNetwork({ patch, batch: 3 })]) {
      const network = await engine.load(spec);
      for (const batchSize of [1, 2])
        assert.deepEqual((await engine.predict(network, { image, shape, batchSize })).labels, labels);
    }
  });

  it("runs a 2-D network on every slice", async () => {
    const network = await engine.load(flatNetwork({ patch: [1, 10, 8] }));
    const { labels } = await engine.predict(network, { image, shape });
    const slice = { image: image.subarray(3 * 19 * 13, 4 * 19 * 13), shape: [1, 19, 13] as Triple };
    assert.deepEqual(labels.slice(3 * 19 * 13, 4 * 19 * 13), (await engine.predict(network, slice)).labels);
  });

  it("keeps the program's own thread free: a 5 ms timer fires while a network runs", async () => {
    const network = await engine.load(convolutionNetwork({ patch: [48, 48, 48], hidden: 32 }));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const start = Date.now();
    await engine.predict(network, { image: noise(48 ** 3, 1), shape: [48, 48, 48] });
    clearInterval(timer);
    assert.ok(ticks > (Date.now() - start) / 5 / 4, `${ticks} ticks in ${Date.now() - start} ms`);
  });

  it("carries an image of several pieces of 4 MiB over unharmed", async () => {
    const network = await engine.load({
      ...identityNetwork([8, 512, 512]),
      output: { kind: "sigmoid", classIds: [1] },
    });
    const large = Float32Array.from({ length: 8 * 512 * 512 }, (_, i) => (i % 7 === 0 ? 1 : 0));
    const { labels } = await engine.predict(network, { image: large, shape: [8, 512, 512] });
    assert.ok(labels.every((label, i) => label === (i % 7 === 0 ? 1 : 0)));
  });

  it("M22 refuses a network that asks for a tebibyte with M_MEMORY and runs the next one", async () => {
    const network = await engine.load(greedyNetwork(1024));
    await assert.rejects(engine.predict(network, small), withCode("M_MEMORY"));
    await engine.predict(await engine.load(convolutionNetwork({ patch })), { image, shape });
  });

  it("M23 ends an endless Loop at the limit with M_TIMEOUT and runs the next network", async () => {
    const impatient = await openEngine({ device: "cpu", silenceMs: 1000 });
    const good = await impatient.load(identityNetwork([4, 4, 4]));
    const endless = await impatient.load(endlessNetwork());
    await assert.rejects(impatient.predict(endless, small), withCode("M_TIMEOUT"));
    assert.deepEqual((await impatient.predict(good, small)).shape, [4, 4, 4]);
    await impatient.close();
  });

  it("M25 refuses weights that are not numbers with M_NONFINITE", async () => {
    await assert.rejects(engine.predict(await engine.load(notANumberNetwork()), small), withCode("M_NONFINITE"));
  });

  it("M27 refuses an output whose channels are not the classes with M_LABELS", async () => {
    const spec = convolutionNetwork({ patch, classes: 3 });
    await assert.rejects(engine.load({ ...spec, output: { kind: "logits", classIds: [0, 1] } }), withCode("M_LABELS"));
  });

  it("refuses a graph whose input is not what the manifest says with M_INPUT, and no graph with M_LOAD", async () => {
    const spec = convolutionNetwork({ patch });
    await assert.rejects(engine.load({ ...spec, inputChannels: 2 }), withCode("M_INPUT"));
    await assert.rejects(engine.load({ ...spec, patch: { kind: "fixed", size: [6, 10, 9] } }), withCode("M_INPUT"));
    await assert.rejects(engine.load({ ...spec, model: Uint8Array.of(1, 2, 3) }), withCode("M_LOAD"));
  });

  it("refuses an image of another length than its shape and channels say", async () => {
    const network = await engine.load(identityNetwork([4, 4, 4]));
    await assert.rejects(async () => engine.predict(network, { ...small, shape: [4, 4, 5] }), withCode("V_SHAPE"));
    await assert.rejects(async () => engine.predict(network, { ...small, overlap: 1 }), withCode("C_WINDOW"));
  });

  it("gives the signal's reason at once when aborted, and then works off the next call", async () => {
    const network = await engine.load(convolutionNetwork({ patch: [32, 32, 32], hidden: 16 }));
    const large = { image: noise(96 ** 3, 1), shape: [96, 96, 96] as Triple };
    const abort = new AbortController();
    const reason = new Error("enough");
    const onProgress = (done: number) => void (done > 0 && abort.abort(reason));
    await assert.rejects(engine.predict(network, large, { signal: abort.signal, onProgress }), reason);
    await engine.predict(await engine.load(identityNetwork([4, 4, 4])), small);
  });

  it("ends an endless run soon after it is aborted, long before its limit, and works off the next call", async () => {
    const patient = await openEngine({ device: "cpu" });
    const good = await patient.load(identityNetwork([4, 4, 4]));
    const endless = await patient.load(endlessNetwork());
    const reason = new Error("enough");
    const abort = new AbortController();
    const work = assert.rejects(patient.predict(endless, small, { signal: abort.signal }), reason);
    await wait(200);
    const start = Date.now();
    abort.abort(reason);
    await work;
    assert.ok(Date.now() - start < 500);
    assert.deepEqual((await patient.predict(good, small)).shape, [4, 4, 4]);
    assert.ok(Date.now() - start < 5000);
    await patient.close();
  });

  it("gives the signal's reason while devices are still being tried", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => abort.abort(reason), 20);
    await assert.rejects(openEngine({ device: "auto", signal: abort.signal }), reason);
  });

  it("rejects an endless run at once when closed", async () => {
    const doomed = await openEngine({ device: "cpu" });
    const work = doomed.predict(await doomed.load(endlessNetwork()), small);
    const rejected = assert.rejects(work, { name: "AbortError" });
    await wait(200);
    const start = Date.now();
    await doomed.close();
    await rejected;
    assert.ok(Date.now() - start < 1000);
  });
});

function withCode(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isNamedError(error), String(error));
    assert.equal(error.problem.code, code, error.message);
    return true;
  };
}
