import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { baselineOf, methodsOf } from "../../../pipeline/benchmark/methods-of.ts";
import { readBenchmarkSpec } from "../../../pipeline/benchmark/read-spec.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const place = temporaryFolder();
const spec = {
  schema: "rarevox-benchmark/1",
  title: "Boxes",
  datasets: [{ name: "boxes" }],
  networks: [
    { name: "plain", settings: { kind: "unet" } },
    { name: "residual", settings: { kind: "unet", encoder: "residual" } },
  ],
  trainings: [
    { name: "dice", config: { loss: { terms: [{ kind: "dice" }] } } },
    { name: "focal", config: { loss: { terms: [{ kind: "focal" }] } } },
  ],
  budget: { steps: 100 },
};

async function read(changes: object, preset?: string) {
  const path = join(place, "spec.json");
  writeFileSync(path, JSON.stringify({ ...spec, ...changes }));
  return readBenchmarkSpec(path, { preset });
}

const keysOf = async (changes: object) => methodsOf(await read(changes)).map(({ key }) => key);

describe("readBenchmarkSpec", () => {
  const faults: Readonly<Record<string, readonly [changes: object, message: RegExp]>> = {
    "a loss that there is not": [
      { trainings: [{ name: "mine", config: { loss: { terms: [{ kind: "magic" }] } } }] },
      /spec\.json#\/trainings\/0\/config\/loss\/terms\/0: expected a known kind: cross-entropy, .*, got "magic"/,
    ],
    "a budget of both kinds": [{ budget: { steps: 10, minutes: 1 } }, /spec\.json#\/budget: /],
    "no budget at all": [{ budget: undefined }, /spec\.json: expected the key budget, got none/],
    "an unknown key": [{ architectures: [] }, /spec\.json: expected only the keys .*, got "architectures"/],
    "steps among the settings": [
      { config: { steps: 5 } },
      /spec\.json#\/config: expected only the keys .*, got "steps"/,
    ],
    "two networks of one name": [
      { networks: [spec.networks[0], spec.networks[0]] },
      /spec\.json#\/networks\/1\/name: expected a name of its own, got plain again/,
    ],
    "a slash in a name": [
      { datasets: [{ name: "a/b" }] },
      /spec\.json#\/datasets\/0\/name: expected a name of at most 64 letters, digits and \. _ \+ -, got "a\/b"/,
    ],
    "a baseline that is no method": [
      { baseline: { network: "plain", training: "dice" }, except: [{ network: "plain" }] },
      /spec\.json#\/baseline: expected one of the pairs residual\/dice, residual\/focal, got plain\/dice/,
    ],
    "a pair of an unknown network": [
      { only: [{}, { network: "vit" }] },
      /spec\.json#\/only\/1\/network: expected one of plain, residual, got vit/,
    ],
    "no pair that is left": [
      { except: [{}] },
      /spec\.json#\/except: expected at least one pair that is left, got none/,
    ],
    "a metric that there is not": [
      { metrics: ["dice", "dcie"] },
      /spec\.json#\/metrics: expected metrics of .*, got dcie/,
    ],
    "a fold beyond the last": [
      { datasets: [{ name: "boxes", foldCount: 3, folds: [0, 3] }] },
      /spec\.json#\/datasets\/0\/folds\/1: expected a fold below 3, got 3/,
    ],
    "a cascade whose networks would have to share minutes": [
      { budget: { minutes: 3 }, trainings: [{ name: "two-stage", config: {}, cascade: {} }] },
      /spec\.json#\/trainings\/0\/cascade: expected a budget in steps, which its networks share, got one of 3 minutes/,
    ],
    "a path and a phantom": [
      { datasets: [{ name: "boxes", path: "data", phantom: { kind: "mre", cases: 4 } }] },
      /spec\.json#\/datasets\/0\/phantom: expected a path or a phantom, got both/,
    ],
  };
  for (const [name, [changes, message]] of Object.entries(faults))
    it(`refuses ${name}, naming the place`, () =>
      assert.rejects(read(changes), (error: Error) => {
        assert.equal(error.name, "ConfigError");
        assert.match(error.message, message);
        return true;
      }));

  it("puts a preset's words in the place of the specification's own, for all data sets", async () => {
    const presets = { small: { budget: { minutes: 0.5 }, seeds: [7], foldCount: 2, cases: 9, config: { batch: 1 } } };
    await assert.rejects(read({ presets }), /spec\.json#\/presets\/small\/config: expected only the keys/);
    const small = { ...presets.small, config: { learningRate: 1 }, plan: { features: 8 } };
    const chosen = await read({ seeds: [1, 2], config: { weightDecay: 0 }, presets: { small } }, "small");
    assert.deepEqual(
      { budget: chosen.budget, seeds: chosen.seeds, datasets: chosen.datasets, config: chosen.config },
      {
        budget: { minutes: 0.5 },
        seeds: [7],
        datasets: [{ name: "boxes", foldCount: 2, cases: 9, plan: { features: 8 } }],
        config: { weightDecay: 0, learningRate: 1 },
      },
    );
    await assert.rejects(read({ presets: { small } }, "full"), /#\/presets: expected one of small, got full/);
  });

  it("puts a preset's words for one data set or network beside those for all", async () => {
    const small = {
      plan: { features: 8, dimensions: 2 },
      foldCount: 3,
      cases: 9,
      datasets: { boxes: { plan: { features: 4 }, config: { weightDecay: 0 }, cases: 12 } },
      networks: { residual: { config: { learningRate: 0.1 } } },
    };
    const { datasets, networks } = await read({ presets: { small } }, "small");
    const { plan, config, foldCount, cases } = datasets[0];
    assert.deepEqual([plan, config], [{ features: 4, dimensions: 2 }, { weightDecay: 0 }]);
    assert.deepEqual([foldCount, cases], [3, 12]);
    assert.deepEqual(
      networks.map(({ name, config }) => [name, config]),
      [
        ["plain", undefined],
        ["residual", { learningRate: 0.1 }],
      ],
    );
    const strange = { ...small, networks: { resdiual: {} } };
    await assert.rejects(
      read({ presets: { small, strange } }),
      /presets\/strange\/networks\/resdiual: expected one of plain, residual/,
    );
  });
});

describe("methodsOf", () => {
  it("pairs each network with each training in the order of the specification", async () => {
    assert.deepEqual(await keysOf({}), ["plain/dice", "plain/focal", "residual/dice", "residual/focal"]);
  });

  it("keeps the pairs that are named, and leaves out the excepted ones; a name left out fits all", async () => {
    const only = [{ network: "residual" }, { network: "plain", training: "dice" }];
    assert.deepEqual(await keysOf({ only }), ["plain/dice", "residual/dice", "residual/focal"]);
    assert.deepEqual(await keysOf({ only, except: [{ training: "dice" }] }), ["residual/focal"]);
  });
});

describe("baselineOf", () => {
  it("is the pair that is named, else the first", async () => {
    assert.equal(baselineOf(await read({})).key, "plain/dice");
    const baseline = { network: "residual", training: "focal" };
    assert.equal(baselineOf(await read({ baseline })).key, "residual/focal");
  });
});
