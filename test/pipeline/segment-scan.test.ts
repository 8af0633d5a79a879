import { strict as assert } from "node:assert";
import { type Engine, openEngine } from "../../pipeline/runtime/engine.ts";
import { segmentScan } from "../../pipeline/segment-scan.ts";
import { orientationOf } from "../../pipeline/volume/orientation.ts";
import { placeOnGrid } from "../../pipeline/volume/place-on-grid.ts";
import { boxesVolume, mrScan, straightGrid } from "../support/boxes-scan.ts";
import { coarseToFine, levelBundle, levels } from "../support/level-bundle.ts";
import { reorderings } from "../support/phantom-series.ts";

describe("segmentScan", function () {
  this.timeout(20_000);
  let engine: Engine;
  before(async () => {
    engine = await openEngine({ device: "cpu" });
  });
  after(() => engine.close());

  const grid = straightGrid([11, 24, 31], [3, 2, 1]);
  const liver = { box: { start: [1, 2, 3], stop: [9, 12, 14] }, intensity: levels.liver } as const;
  const appendix = { box: { start: [4, 15, 17], stop: [8, 21, 29] }, intensity: levels.appendix } as const;
  const volume = boxesVolume(grid, [liver, appendix]);

  it("labels each voxel with the class of the nearest level", async () => {
    const { labels } = await segmentScan(mrScan(volume), await levelBundle(), { engine });
    assert.deepEqual(
      [...labels.data],
      [...volume.data].map((value) => value / 100),
    );
    assert.equal(labels.indexToLps, volume.indexToLps);
  });

  it("N69 gives the same segmentation in world space for all 48 axis orders of one image", async () => {
    const bundle = await levelBundle();
    const asLabels = { ...volume, data: Uint8Array.from(volume.data, (value) => value / 10) };
    const orders = new Set<string>();
    for (const turned of reorderings(asLabels)) {
      orders.add(orientationOf(turned.indexToLps));
      const scan = mrScan({ ...turned, data: Int16Array.from(turned.data, (value) => value * 10) });
      const { labels } = await segmentScan(scan, bundle, { engine });
      const back = placeOnGrid(labels, grid, "test");
      assert.ok(
        back.data.every((label, i) => label === volume.data[i] / 100),
        `wrong labels for ${orientationOf(turned.indexToLps)}`,
      );
    }
    assert.equal(orders.size, 48);
  });

  it("looks only inside the region that the coarse network found, and leaves other classes alone", async () => {
    const bundle = await levelBundle(coarseToFine([6, 4, 4]));
    const { labels, warnings, measurements } = await segmentScan(mrScan(volume), bundle, { engine });
    assert.deepEqual(warnings, []);
    assert.deepEqual(new Set(labels.data), new Set([0, 2]));
    assert.equal(measurements[1].voxels, 4 * 6 * 12);
  });

  it("widens a region that cuts a structure off until the whole of it is found", async () => {
    // The coarse grid of 4 mm voxels sees the box with edges moved by up to 2 mm; without a margin the fine one is cut.
    const bundle = await levelBundle(coarseToFine([3, 2, 1]));
    const { measurements } = await segmentScan(mrScan(volume), bundle, { engine });
    assert.equal(measurements[1].voxels, 4 * 6 * 12);
  });

  it("warns R_CUT when a structure reaches the edge of its region that cannot be widened", async () => {
    const bundle = await levelBundle(coarseToFine([0, 0, 0]));
    const thin = boxesVolume(grid, [
      { box: { start: [4, 8, 8], stop: [8, 16, 16] }, intensity: levels.appendix },
      { box: { start: [5, 0, 10], stop: [6, 24, 11] }, intensity: levels.appendix },
    ]);
    const { warnings } = await segmentScan(mrScan(thin), bundle, { engine });
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["R_CUT"],
    );
  });

  it("falls back to the whole field of view with L_NOT_FOUND when the coarse network finds nothing", async () => {
    const bundle = await levelBundle(coarseToFine([6, 4, 4]));
    // One voxel of 3 × 2 × 1 mm is lost at 4 mm, but not at full resolution.
    const speck = boxesVolume(grid, [{ box: { start: [5, 9, 9], stop: [6, 10, 10] }, intensity: levels.appendix }]);
    const { labels, warnings } = await segmentScan(mrScan(speck), bundle, { engine });
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["L_NOT_FOUND"],
    );
    assert.equal(labels.data[(5 * 24 + 9) * 31 + 9], 2);
  });

  it("says R_WIDENED where a region was widened as the bundle says, and R_CUT where once was not enough", async () => {
    const block = { box: { start: [4, 8, 8], stop: [8, 16, 16] }, intensity: levels.appendix } as const;
    const rod = { box: { start: [5, 0, 10], stop: [6, 24, 11] }, intensity: levels.appendix } as const;
    const scan = mrScan(boxesVolume(grid, [block, rod]));
    const { stages } = coarseToFine([0, 0, 0]);
    const [region] = stages.locate?.regions ?? [];
    // The coarse network sees the block alone, 8 voxels high: 16 after the first time, all 24 after the second.
    for (const [times, voxels, code] of [
      [3, 4 * 8 * 8 + 16, "R_WIDENED"],
      [1, 4 * 8 * 8 + 8, "R_CUT"],
    ] as const) {
      const locate = { network: "coarse", regions: [{ ...region, widen: { factor: 2, times } }] };
      const bundle = await levelBundle({ stages: { ...stages, locate } });
      const { measurements, warnings, provenance } = await segmentScan(scan, bundle, { engine });
      assert.equal(measurements[1].voxels, voxels);
      assert.deepEqual(
        warnings.map((each) => each.code),
        [code],
      );
      const outcome = { name: "appendix", network: "fine", source: "found", widenings: Math.min(times, 2) };
      assert.deepEqual(provenance.regions, [{ ...outcome, isCut: code === "R_CUT" }]);
    }
  });

  it("looks with L_PRIOR where a structure usually lies beside another one, and nowhere else, when nothing is found", async () => {
    const { stages } = coarseToFine([6, 4, 4]);
    const [region] = stages.locate?.regions ?? [];
    // The liver's middle is voxel [5, 7, 8.5]: the box spans voxels 3 to 7, 14 to 22 and 14 to 29.
    const prior = { kind: "near", region: "liver", startMm: [-6, 14, 6], stopMm: [6, 30, 20] } as const;
    const regions = [
      { ...region, priors: [prior] },
      { ...region, name: "liver", classes: ["liver"] },
    ];
    const bundle = await levelBundle({ stages: { ...stages, locate: { network: "coarse", regions } } });
    const specks = [
      { start: [5, 18, 20], stop: [6, 19, 21] },
      { start: [5, 2, 28], stop: [6, 3, 29] },
    ] as const;
    const boxes = [liver, ...specks.map((box) => ({ box, intensity: levels.appendix }))];
    const { measurements, warnings, provenance } = await segmentScan(mrScan(boxesVolume(grid, boxes)), bundle, {
      engine,
    });
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["L_PRIOR"],
    );
    assert.deepEqual(measurements[1].boxVoxels, specks[0]);
    assert.equal(provenance.regions[0].source, "prior");
  });

  it("gives a voxel that two entries find equally probable to the class that the coarse network names", async () => {
    const { networks, stages } = (await levelBundle(coarseToFine([6, 4, 4]))).manifest;
    const swapped = { kind: "logits", channels: ["background", "appendix", "liver", "spleen"] } as const;
    const entries = [{ network: "fine" }, { network: "swapped" }];
    const labelsWith = async (conflicts: "later" | "most-probable") => {
      const bundle = await levelBundle({
        networks: [...networks, { ...networks[0], name: "swapped", output: swapped }],
        stages: { ...stages, segment: entries, conflicts },
      });
      return (await segmentScan(mrScan(volume), bundle, { engine })).labels.data;
    };
    const inLiver = (5 * 24 + 7) * 31 + 8;
    assert.deepEqual([(await labelsWith("later"))[inLiver], (await labelsWith("most-probable"))[inLiver]], [2, 1]);
  });

  it("cleans up as the bundle says: small components go, holes are filled", async () => {
    const bundle = await levelBundle({
      refine: [
        { class: "liver", keep: "largest", fillHoles: true },
        { class: "appendix", minimumVoxels: 2 },
      ],
    });
    const dirty = boxesVolume(grid, [
      liver,
      { box: { start: [4, 6, 8], stop: [5, 7, 9] }, intensity: 0 },
      { box: { start: [10, 20, 20], stop: [11, 22, 22] }, intensity: levels.liver },
      { box: { start: [0, 0, 30], stop: [1, 1, 31] }, intensity: levels.appendix },
    ]);
    const { measurements } = await segmentScan(mrScan(dirty), bundle, { engine });
    assert.deepEqual(
      measurements.map(({ voxels }) => voxels),
      [8 * 10 * 11, 0, 0],
    );
  });

  it("gives the same labels mirrored, with another overlap, and again", async () => {
    const bundle = await levelBundle();
    const { labels } = await segmentScan(mrScan(volume), bundle, { engine });
    const other = await segmentScan(mrScan(volume), bundle, { engine, mirror: true, overlap: 0.25 });
    assert.deepEqual(other.labels.data, labels.data);
    assert.deepEqual(other.provenance.options, { overlap: 0.25, mirrored: true, anyModality: false });
  });

  it("reports progress from 0 to 1 and stops when aborted", async () => {
    const bundle = await levelBundle();
    const seen: number[] = [];
    await segmentScan(mrScan(volume), bundle, { engine, onProgress: (_, fraction) => seen.push(fraction) });
    assert.equal(seen[0], 0);
    assert.equal(seen.at(-1), 1);
    const stop = new AbortController();
    const running = segmentScan(mrScan(volume), bundle, {
      engine,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await assert.rejects(running, { name: "AbortError" });
  });

  it("names the bundle by the hash of its content, and every stage's time", async () => {
    const bundle = await levelBundle();
    const { provenance } = await segmentScan(mrScan(volume), bundle, { engine });
    assert.deepEqual(provenance.bundle, { name: "levels", version: "1.0.0", sha256: bundle.sha256 });
    assert.deepEqual(Object.keys(provenance.stagesMs), [
      "prepare",
      "locate",
      "segment",
      "refine",
      "restore",
      "measure",
    ]);
  });
});
