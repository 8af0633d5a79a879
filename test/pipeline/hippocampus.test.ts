import { strict as assert } from "node:assert";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadBundle } from "../../pipeline/bundle/load-bundle.ts";
import { readScan } from "../../pipeline/io/read-scan.ts";
import { diceOf, labelOverlaps } from "../../pipeline/kernels/label-overlap.ts";
import { openEngine } from "../../pipeline/runtime/engine.ts";
import { segmentScan } from "../../pipeline/segment-scan.ts";
import type { LabelArray } from "../../pipeline/volume/volume.ts";
import { hippocampusBundle } from "../support/hippocampus-bundle.ts";
import { sharedData } from "../support/shared-data.ts";

/** Mean Dice of the model's README, one centred patch per case. */
const published = { anterior: 0.8637, posterior: 0.8456 };

describe("a network that was trained elsewhere", () => {
  it("reaches its published Dice on the 12 test cases of Task04_Hippocampus @slow", async function () {
    this.timeout(300_000);
    const images = sharedData(this, "data/hippocampus/imagesTs");
    const bundle = await loadBundle(hippocampusBundle(this));
    const engine = await openEngine({ device: "cpu" });
    const dices: (readonly number[])[] = [];
    for (const name of readdirSync(images).filter((file) => file.endsWith(".nii.gz"))) {
      const { labels } = await segmentScan(await readScan(join(images, name)), bundle, { engine });
      const truth = await readScan(join(images, "../labelsTs", name));
      const reference = Uint8Array.from(truth.channels[0].data) as LabelArray;
      dices.push(labelOverlaps(labels.data, { reference, largestId: 2 }).map(diceOf));
    }
    await engine.close();
    assert.equal(dices.length, 12);
    const mean = (c: number) => dices.reduce((sum, each) => sum + each[c], 0) / dices.length;
    console.log(`      anterior ${mean(0).toFixed(4)}, posterior ${mean(1).toFixed(4)}`);
    assert.ok(Math.abs(mean(0) - published.anterior) < 0.005, `anterior ${mean(0)}`);
    assert.ok(Math.abs(mean(1) - published.posterior) < 0.005, `posterior ${mean(1)}`);
  });
});
