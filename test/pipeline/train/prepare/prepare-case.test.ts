import { strict as assert } from "node:assert";
import { mkdirSync, readdirSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BundleManifest } from "../../../../pipeline/bundle/manifest-schema.ts";
import { networkImage } from "../../../../pipeline/stages/network-image.ts";
import { prepare } from "../../../../pipeline/stages/prepare.ts";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { openCaseCache } from "../../../../pipeline/train/prepare/case-cache.ts";
import { prepareCase } from "../../../../pipeline/train/prepare/prepare-case.ts";
import { openPreparedCase, writePreparedCase } from "../../../../pipeline/train/prepare/prepared-case-file.ts";
import { voxelsByClass } from "../../../../pipeline/train/prepare/voxels-by-class.ts";
import { indexToLpsFromSteps, type Triple } from "../../../../pipeline/volume/affine.ts";
import { wholeBox } from "../../../../pipeline/volume/box.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { writeTinyDataset } from "../../../support/tiny-dataset.ts";

const shape: Triple = [7, 11, 9];
const random = randomFrom("prepare-case");
const steps = { d: [0, 0, -3], h: [0, 2, 0], w: [-1, 0, 0] };
const indexToLps = indexToLpsFromSteps(steps, { originXyz: [3, 4, 5], where: "test" });
const image = { data: Float32Array.from({ length: 693 }, () => 100 * random.uniform()), shape, indexToLps };
const labels = {
  data: Uint8Array.from(image.data, (value) => (value > 90 ? 2 : value > 60 ? 1 : 0)),
  shape,
  indexToLps,
};
const loaded = { id: "case", channels: [image] as const, labels, warnings: [] };
const plan = {
  input: { channels: [{ name: "MR", normalisation: { kind: "z-score", over: "volume" } }] },
  orientation: "SPL",
  spacingMm: [1.7, 1.1, 1.3],
  interpolation: "anisotropic",
} as const;

describe("prepareCase", () => {
  it("makes of a case the very image that inference gives the network", async () => {
    const manifest = { ...plan, modalities: ["MR"], networks: [] } as unknown as BundleManifest;
    const scan = { format: "test", channels: [image] as const, modality: "MR", warnings: [], inputs: [] };
    const prepared = await prepare(scan, { manifest });
    const network = { ...plan, normalise: "before-resampling" as const };
    const wanted = await networkImage(prepared, { box: wholeBox(prepared.grid.shape), network, signal: undefined });
    const found = await prepareCase(loaded, plan);
    assert.deepEqual(found.shape, wanted.shape);
    assert.deepEqual(found.image, wanted.image);
  });

  it("keeps every label in its place where nothing is resampled", async () => {
    const { labels: found, shape: kept } = await prepareCase(loaded, {
      ...plan,
      orientation: "as-stored",
      spacingMm: [3, 2, 1],
    });
    assert.deepEqual(kept, shape);
    assert.deepEqual(found, labels.data);
  });
});

describe("voxelsByClass", () => {
  it("lists all voxels of a small class, 10,000 evenly drawn ones of a large one, and none of the background", () => {
    const map = new Uint8Array(100_000).fill(1, 20_000);
    map[7] = 3;
    map[19_999] = 3;
    const found = voxelsByClass(map);
    assert.deepEqual([...found.keys()], [1, 3]);
    assert.deepEqual([...(found.get(3) ?? [])], [7, 19_999]);
    const large = found.get(1) ?? new Uint32Array(0);
    assert.equal(large.length, 10_000);
    assert.ok(large.every((index, n) => index === 20_000 + 8 * n));
  });

  it("lists the background too where some voxels are to be ignored, and those never", () => {
    assert.deepEqual(
      [...voxelsByClass(Uint8Array.of(0, 1, 9, 0), 9)].map(([id, list]) => [id, ...list]),
      [
        [0, 0, 3],
        [1, 1],
      ],
    );
  });
});

describe("prepared case files", () => {
  const folder = join(temporaryFolder(), "case");
  const twoChannels = { id: "case é", shape, image: new Float32Array(1386).map((_, i) => i), labels: labels.data };
  const lists = new Map([
    [1, Uint32Array.of(3, 5)],
    [2, Uint32Array.of(690)],
  ]);

  it("give back any block of every channel", async () => {
    await writePreparedCase(folder, { ...twoChannels, voxelsByClass: lists });
    const file = openPreparedCase(folder);
    assert.deepEqual([file.id, file.shape, file.channels], ["case é", shape, 2]);
    assert.deepEqual(file.voxelsByClass, lists);
    const [start, size]: [Triple, Triple] = [
      [2, 3, 4],
      [3, 5, 2],
    ];
    const block = file.readBlock(start, size);
    let n = 0;
    for (let c = 0; c < 2; c++)
      for (let d = 2; d < 5; d++)
        for (let h = 3; h < 8; h++)
          for (let w = 4; w < 6; w++, n++) {
            const i = (d * 11 + h) * 9 + w;
            assert.equal(block.image[n], 693 * c + i);
            if (c === 0) assert.equal(block.labels[n], labels.data[i]);
          }
    file.close();
  });

  it("are refused when a file is shorter than the header says", () => {
    truncateSync(join(folder, "image.f32"), 100);
    assert.throws(() => openPreparedCase(folder), /image\.f32: expected 5544 bytes, got 100/);
  });
});

describe("openCaseCache", () => {
  it("prepares a case once, again when its file or the plan changes or the entry is damaged", async () => {
    const place = temporaryFolder();
    const [data, folder] = [join(place, "data"), join(place, "cache")];
    mkdirSync(data);
    writeTinyDataset(data, { cases: 2 });
    const dataset = await findDataset(data);
    const [first] = dataset.training;
    const cache = openCaseCache({ folder, dataset, plan });
    const entry = await cache.prepared(first);
    assert.equal(await cache.prepared(first), entry);
    assert.equal(readdirSync(folder).length, 1);
    truncateSync(join(entry, "labels.bin"), 3);
    assert.equal(await cache.prepared(first), entry);
    openPreparedCase(entry).close();
    const finer = openCaseCache({ folder, dataset, plan: { ...plan, spacingMm: [1, 1, 1] } });
    assert.notEqual(await finer.prepared(first), entry);
    utimesSync(first.images[0], new Date(), new Date(2001, 1, 1));
    assert.notEqual(await cache.prepared(first), entry);
    writeFileSync(join(folder, "unrelated"), "");
  });
});
