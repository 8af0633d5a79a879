import { strict as assert } from "node:assert";
import type { BundleManifest } from "../../../../pipeline/bundle/manifest-schema.ts";
import { networkImage } from "../../../../pipeline/stages/network-image.ts";
import { prepare } from "../../../../pipeline/stages/prepare.ts";
import { prepareCase } from "../../../../pipeline/train/prepare/prepare-case.ts";
import { indexToLpsFromSteps, type Triple } from "../../../../pipeline/volume/affine.ts";
import { wholeBox } from "../../../../pipeline/volume/box.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";

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

  it("gives labels whole slices where the image keeps whole slices, and the class with the largest share in plane", async () => {
    // Three slices of 6 mm become four of 4.5 mm, at 0 (-0.125), 1 (0.625), 1 (1.375) and 2 (2.125); three columns of 1 mm
    // become two of 1.5 mm: 3/4 of the first and 1/4 of the second, 1/4 of the second and 3/4 of the third.
    const thick = {
      shape: [3, 1, 3] as const,
      indexToLps: indexToLpsFromSteps(
        { d: [0, 0, 6], h: [0, 1, 0], w: [1, 0, 0] },
        { originXyz: [0, 0, 0], where: "test" },
      ),
    };
    const data = Uint8Array.of(1, 1, 1, 0, 1, 1, 1, 1, 1);
    const one = { ...thick, data: Float32Array.from(data, (_, i) => Math.floor(i / 3)) };
    const found = await prepareCase(
      { id: "thick", channels: [one], labels: { ...thick, data }, warnings: [] },
      {
        input: { channels: [{ name: "MR", normalisation: { kind: "none" } }] },
        orientation: "as-stored",
        spacingMm: [4.5, 1, 1.5],
        interpolation: "anisotropic",
      },
    );
    assert.deepEqual(found.shape, [4, 1, 2]);
    assert.deepEqual([...found.labels], [1, 1, 0, 1, 0, 1, 1, 1]);
    assert.deepEqual([...found.image].map(Math.round), [0, 0, 1, 1, 1, 1, 2, 2]);
  });
});
