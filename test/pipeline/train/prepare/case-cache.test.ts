import { strict as assert } from "node:assert";
import { mkdirSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { openCaseCache } from "../../../../pipeline/train/prepare/case-cache.ts";
import { openPreparedCase } from "../../../../pipeline/train/prepare/prepared-case-file.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { writeTinyDataset } from "../../../support/tiny-dataset.ts";

const plan = {
  input: { channels: [{ name: "MR", normalisation: { kind: "z-score", over: "volume" } }] },
  orientation: "SPL",
  spacingMm: [1.7, 1.1, 1.3],
  interpolation: "anisotropic",
} as const;

async function tinyDataset() {
  const place = temporaryFolder();
  const [data, folder] = [join(place, "data"), join(place, "cache")];
  mkdirSync(data);
  writeTinyDataset(data, { cases: 2 });
  return { folder, dataset: await findDataset(data) };
}

describe("openCaseCache", () => {
  it("prepares a case once, under a name that says nothing of it", async () => {
    const { folder, dataset } = await tinyDataset();
    const cache = openCaseCache({ folder, dataset, plan });
    const entry = await cache.prepared(dataset.training[0]);
    assert.equal(await cache.prepared(dataset.training[0]), entry);
    assert.equal(readdirSync(folder).length, 1);
    assert.match(readdirSync(folder)[0], /^[0-9a-f]{32}$/);
  });

  it("makes a new entry when a file, the plan or the meaning of a label changes", async () => {
    const { folder, dataset } = await tinyDataset();
    const [first] = dataset.training;
    const entries = [
      await openCaseCache({ folder, dataset, plan }).prepared(first),
      await openCaseCache({ folder, dataset, plan: { ...plan, spacingMm: [1, 1, 1] } }).prepared(first),
    ];
    const [one, two] = dataset.classes;
    const renamed = {
      ...dataset,
      classes: [
        { ...one, name: two.name },
        { ...two, name: one.name },
      ],
    };
    entries.push(await openCaseCache({ folder, dataset: renamed, plan }).prepared(first));
    utimesSync(first.images[0], new Date(), new Date(2001, 1, 1));
    entries.push(await openCaseCache({ folder, dataset, plan }).prepared(first));
    assert.equal(new Set(entries).size, 4);
  });

  it("makes a damaged entry again beside it, and leaves a file that another may be reading", async () => {
    const { folder, dataset } = await tinyDataset();
    const cache = openCaseCache({ folder, dataset, plan });
    const [first] = dataset.training;
    const damaged = await cache.prepared(first);
    const image = readFileSync(join(damaged, "image.f32"));
    truncateSync(join(damaged, "labels.bin"), 3);
    const entry = await cache.prepared(first);
    assert.notEqual(entry, damaged);
    openPreparedCase(entry).close();
    assert.deepEqual(readFileSync(join(entry, "image.f32")), image);
    assert.equal(readdirSync(folder).length, 2);
  });

  it("gives all who ask at once the same whole entry", async () => {
    const { folder, dataset } = await tinyDataset();
    const ask = () => openCaseCache({ folder, dataset, plan }).prepared(dataset.training[1]);
    const entries = await Promise.all([ask(), ask(), ask(), ask()]);
    assert.equal(new Set(entries).size, 1);
    openPreparedCase(entries[0]).close();
    assert.equal(readdirSync(folder).length, 1);
  });

  it("says that a file is where its folder should be", async () => {
    const { folder, dataset } = await tinyDataset();
    writeFileSync(folder, "");
    await assert.rejects(openCaseCache({ folder, dataset, plan }).prepared(dataset.training[0]), {
      name: "EnvironmentError",
    });
  });
});
