import { strict as assert } from "node:assert";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBundle } from "../../../pipeline/bundle/load-bundle.ts";
import { readScan } from "../../../pipeline/io/read-scan.ts";
import { diceOf, labelOverlaps } from "../../../pipeline/kernels/label-overlap.ts";
import { openEngine } from "../../../pipeline/runtime/engine.ts";
import { segmentScan } from "../../../pipeline/segment-scan.ts";
import { readTrainingConfig } from "../../../pipeline/train/training-config.ts";
import { repositoryRoot, sharedData } from "../../support/shared-data.ts";

const zoo = fileURLToPath(new URL("models/zoo/", repositoryRoot));
const names = readdirSync(zoo).filter((name) => statSync(join(zoo, name)).isDirectory());

describe("models/zoo", () => {
  for (const name of names)
    it(`${name} loads, says its licence, its training and its scores, and is smaller than 10 MB`, async () => {
      const bundle = await loadBundle(name);
      const { license, training, scores, classes } = bundle.manifest;
      await bundle.close();
      assert.ok(license.length > 2 && license !== "unknown");
      assert.match(training?.method ?? "", /^Trained by rarevox for \d+ steps/);
      for (const { name: label } of classes) assert.ok(scores?.some((score) => score.class === label));
      const bytes = readdirSync(join(zoo, name)).reduce((sum, file) => sum + statSync(join(zoo, name, file)).size, 0);
      assert.ok(bytes < 10e6, `${bytes} bytes`);
    });

  it("keeps settings that train a bundle again", async () => {
    for (const file of readdirSync(zoo).filter((each) => each.endsWith(".training.json")))
      await readTrainingConfig(join(zoo, file));
  });
});

describe("hippocampus", () => {
  it("keeps attribution and licence of the data", async () => {
    const { manifest, close } = await loadBundle("hippocampus");
    await close();
    assert.equal(manifest.license, "CC-BY-SA-4.0");
    assert.match(manifest.citation ?? "", /Antonelli.*Vanderbilt/);
  });

  it("reaches its scores on the Decathlon's test cases, within 0.002 @slow", async function () {
    this.timeout(300_000);
    const data = sharedData(this, "data/hippocampus");
    const bundle = await loadBundle("hippocampus");
    const engine = await openEngine({ device: "cpu" });
    const cases = readdirSync(join(data, "imagesTs")).sort();
    const sums = bundle.manifest.classes.map(() => 0);
    for (const file of cases) {
      const { labels } = await segmentScan(await readScan(join(data, "imagesTs", file)), bundle, { engine });
      const { data: truth } = (await readScan(join(data, "labelsTs", file))).channels[0];
      const overlaps = labelOverlaps(labels.data, { reference: Uint8Array.from(truth), largestId: sums.length });
      for (const [c, overlap] of overlaps.entries()) sums[c] += diceOf(overlap) / cases.length;
    }
    await Promise.all([engine.close(), bundle.close()]);
    for (const [c, { name }] of bundle.manifest.classes.entries()) {
      const shipped = bundle.manifest.scores?.find((score) => score.class === name)?.mean ?? 1;
      assert.ok(Math.abs(sums[c] - shipped) < 0.002, `${name}: ${sums[c]}, shipped with ${shipped}`);
    }
  });
});
