import { strict as assert } from "node:assert";
import { cpSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { planBenchmark } from "../../../pipeline/benchmark/plan-benchmark.ts";
import { readBenchmarkSpec } from "../../../pipeline/benchmark/read-spec.ts";
import { cellsOfShard } from "../../../pipeline/benchmark/run-benchmark.ts";
import { boxesSpec, writeBoxesBenchmark } from "../../support/benchmark-of-boxes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const place = temporaryFolder();
const { data } = writeBoxesBenchmark(place);

async function planned(changes: object = {}, { path = data, out = join(place, "out"), onProgress = () => {} } = {}) {
  const { spec } = writeBoxesBenchmark(place, changes, "changed.json");
  const paths = new Map([["boxes", path]]);
  return planBenchmark(await readBenchmarkSpec(spec), { out, paths, onProgress });
}

const hashesOf = async (...args: Parameters<typeof planned>) => (await planned(...args)).cells.map(({ hash }) => hash);
const [dataset] = boxesSpec.datasets;

describe("planCells", () => {
  it("lists data sets, methods, folds and seeds in this order, each cell with a hash of its own", async () => {
    const { cells } = await planned({ seeds: [3, 5] });
    assert.deepEqual(
      cells.map(({ method, fold, seed }) => [method, fold, seed]),
      ["unet/ce", "unet/dice"].flatMap((method) =>
        [0, 1].flatMap((fold) => [3, 5].map((seed) => [method, fold, seed])),
      ),
    );
    assert.equal(new Set(cells.map(({ hash }) => hash)).size, 8);
  });

  it("trains with the last weights delivered, and the settings of data set, network and training in their order", async () => {
    const { cells } = await planned({
      config: { learningRate: 1, weightDecay: 0.1, clipNorm: 1 },
      datasets: [{ ...dataset, config: { weightDecay: 0.2, clipNorm: 2 } }],
      networks: [{ name: "unet", settings: { kind: "unet" }, config: { clipNorm: 3 } }],
      trainings: [{ name: "own", config: { loss: { terms: [{ kind: "focal" }] } } }],
    });
    const { config } = cells[0];
    assert.deepEqual([config.learningRate, config.weightDecay, config.clipNorm], [1, 0.2, 3]);
    assert.deepEqual([config.deliver, config.steps, config.loss.terms[0].kind], ["last", 6, "focal"]);
  });

  it("shares the steps of the budget among a cascade's networks, in proportion to their own, and keeps others' hashes", async () => {
    const cascade = {
      coarse: { folds: 2, config: { steps: 100, loss: { terms: [{ kind: "focal" }] } } },
      stages: [
        { name: "big", classes: ["large"] },
        { name: "little", classes: ["small"], config: { steps: 50 } },
      ],
      fine: { config: { steps: 150 } },
    };
    const given = { trainings: [...boxesSpec.trainings, { name: "two-stage", config: { clipNorm: 3 }, cascade }] };
    const { cells } = await planned({ ...given, budget: { steps: 1000 } });
    const [cell] = cells.filter(({ method }) => method === "unet/two-stage");
    // Three coarse networks of 100 steps and fine ones of 150 and 50: 500 in all, half of the budget.
    const { coarse, fine, stages } = cell.cascade ?? assert.fail();
    assert.deepEqual(
      [coarse.config.steps, fine.config.steps, ...(stages ?? []).map(({ config }) => config?.steps)],
      [200, 300, 300, 100],
    );
    assert.deepEqual(
      [coarse.config.clipNorm, fine.config.clipNorm, coarse.config.loss?.terms[0].kind],
      [3, 3, "focal"],
    );
    assert.deepEqual(cell.plan.spacingMm, [2, 2, 2]);
    const hashes = await hashesOf();
    assert.deepEqual((await hashesOf(given)).slice(0, hashes.length), hashes);
    const wider = { ...cascade, regions: { jitter: 0.2 } };
    const other = await hashesOf({ trainings: [{ name: "two-stage", config: { clipNorm: 3 }, cascade: wider }] });
    assert.ok(!(await hashesOf({ trainings: [{ ...given.trainings[2] }] })).includes(other[0]));
  });

  it("holds out the same cases for every method and seed", async () => {
    const { cells } = await planned({ seeds: [1, 2] });
    for (const { fold, split } of cells) {
      assert.deepEqual(split, cells[fold * 2].split);
      assert.deepEqual([...split.training, ...split.validation].sort(), [
        "case_0",
        "case_1",
        "case_2",
        "case_3",
        "case_4",
        "case_5",
      ]);
    }
  });

  it("takes so many cases as the specification says, evenly drawn", async () => {
    const { cells } = await planned({ datasets: [{ ...dataset, cases: 3 }] });
    const { split } = cells[0];
    assert.deepEqual([...split.training, ...split.validation].sort(), ["case_0", "case_2", "case_4"]);
  });

  const unmoved: Readonly<Record<string, object>> = {
    "names and the title": {
      title: "Other",
      networks: [{ name: "other", settings: { kind: "unet" } }],
      trainings: boxesSpec.trainings.map((each) => ({ ...each, name: `my-${each.name}` })),
    },
    "metrics, tolerance and empty rule": { metrics: ["iou"], toleranceMm: 3, emptyRule: "one" },
    "the order of keys": { config: Object.fromEntries(Object.entries(boxesSpec.config).reverse()) },
    "a default that is said": { config: { ...boxesSpec.config, clipNorm: 12 } },
  };
  for (const [name, changes] of Object.entries(unmoved))
    it(`keeps the hashes whatever ${name}`, async () => assert.deepEqual(await hashesOf(changes), await hashesOf()));

  const moved: Readonly<Record<string, object>> = {
    "learning rate": { config: { ...boxesSpec.config, learningRate: 0.02 } },
    budget: { budget: { steps: 7 } },
    "kind of budget": { budget: { minutes: 1 } },
    seed: { seeds: [2] },
    "number of folds": { datasets: [{ ...dataset, foldCount: 3, folds: [0, 1] }] },
    "width of the network": { networks: [{ name: "unet", settings: { kind: "unet" }, plan: { features: 8 } }] },
    "number of cases": { datasets: [{ ...dataset, cases: 4 }] },
  };
  for (const [name, changes] of Object.entries(moved))
    it(`gives every cell another hash with another ${name}`, async () => {
      const before = new Set(await hashesOf());
      assert.ok((await hashesOf(changes)).every((hash) => !before.has(hash)));
    });

  it("keeps the hashes of a copy elsewhere with other times, and changes them with one voxel of a label", async () => {
    const copy = join(place, "copy");
    cpSync(data, copy, { recursive: true });
    const label = join(copy, "labelsTr", "case_0.nii.gz");
    utimesSync(label, new Date(0), new Date(0));
    assert.deepEqual(await hashesOf({}, { path: copy, out: join(place, "elsewhere") }), await hashesOf());
    const bytes = gunzipSync(readFileSync(label));
    bytes[352 + 7] = bytes[352 + 7] === 1 ? 2 : 1;
    writeFileSync(label, gzipSync(bytes));
    const before = new Set(await hashesOf());
    assert.ok((await hashesOf({}, { path: copy, out: join(place, "elsewhere") })).every((hash) => !before.has(hash)));
  });
});

describe("studyDataset", () => {
  it("reads the cases once, and again when a file's time has changed", async () => {
    const out = join(place, "remembered");
    let looks = 0;
    const onProgress = () => {
      looks++;
    };
    await planned({}, { out, onProgress });
    assert.equal(looks, 6);
    await planned({}, { out, onProgress });
    assert.equal(looks, 6);
    const image = join(data, "imagesTr", "case_0.nii.gz");
    const { atime, mtime } = statSync(image);
    utimesSync(image, atime, new Date(mtime.getTime() + 5000));
    await planned({}, { out, onProgress });
    assert.equal(looks, 12);
  });
});

describe("cellsOfShard", () => {
  it("gives every cell to exactly one of n shards, in sizes that differ by one at most", async () => {
    const { cells } = await planned({ seeds: [1, 2, 3] });
    for (const count of [1, 2, 5, 12, 13]) {
      const shards = Array.from({ length: count }, (_, n) => cellsOfShard(cells, { number: n + 1, count }));
      assert.deepEqual(
        shards
          .flat()
          .map(({ hash }) => hash)
          .sort(),
        cells.map(({ hash }) => hash).sort(),
      );
      const sizes = shards.map(({ length }) => length);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }
  });
});
