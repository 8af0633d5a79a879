import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { examineDataset } from "../../../../pipeline/train/plan/fingerprint.ts";
import { folderWith, nifti, niftiLabels } from "../../../support/dataset-files.ts";

/** [D, H, W] = [3, 5, 7], 105 voxels; `sform` rows x, y, z of a grid whose voxels are 2 x 3 x 4 mm. */
const spaced = { pixdim: [1, 2, 3, 4, 0, 0, 0, 0], sform: [-2, 0, 0, 0, 0, -3, 0, 0, 0, 0, 4, 0] };

async function fingerprintOf(files: Parameters<typeof folderWith>[0]) {
  return (await examineDataset(await findDataset(folderWith(files)))).fingerprint;
}

describe("examineDataset", () => {
  it("takes mean, deviation and percentiles of the foreground, every case with the same weight", async () => {
    // Foreground of a: one voxel of 100. Of b: 105 voxels, all 300. nnU-Net draws as often from either: mean 200, std 100.
    const { intensities } = await fingerprintOf({
      "images/a.nii": nifti((i) => (i === 50 ? 100 : 9999)),
      "labels/a.nii": niftiLabels({ 50: 1 }),
      "images/b.nii": nifti(() => 300),
      "labels/b.nii": nifti(() => 1),
    });
    assert.deepEqual(intensities, [{ mean: 200, std: 100, percentile00_5: 100, percentile99_5: 300 }]);
  });

  it("looks at the foreground alone", async () => {
    // python3 -c "import numpy as np; a = np.arange(10, 60); print(np.percentile(a, [.5, 99.5]), a.mean(), a.std())"
    // [10.245 58.755] 34.5 14.43086968966181; repeated, as nnU-Net repeats them, the nearest values: 10 and 59
    const image = nifti((i) => (i < 50 ? 10 + i : 5000));
    const [{ mean, std, percentile00_5, percentile99_5 }] = (
      await fingerprintOf({
        "images/a.nii": image,
        "labels/a.nii": nifti((i) => (i < 50 ? 1 : 0)),
        "images/b.nii": image,
        "labels/b.nii": nifti((i) => (i < 50 ? 1 : 0)),
      })
    ).intensities;
    assert.ok(Math.abs(mean - 34.5) < 1e-6 && Math.abs(std - 14.43086968966181) < 1e-6, `${mean} ${std}`);
    assert.deepEqual([percentile00_5, percentile99_5], [10, 59]);
  });

  it("counts the voxels of every label, and measures the box around what is not 0", async () => {
    // Corners (0, 1, 2) and (1, 3, 4) of a box of 2 x 3 x 3 = 18 of 105 voxels.
    const corners = { [0 * 35 + 1 * 7 + 2]: 1, [1 * 35 + 3 * 7 + 4]: 1 };
    const { cases, orientation } = await fingerprintOf({
      "images/a.nii": niftiLabels(corners, spaced),
      "labels/a.nii": niftiLabels({ 9: 1, 10: 1, 30: 2 }, spaced),
      "images/b.nii": nifti(() => 7, spaced),
      "labels/b.nii": niftiLabels({ 9: 1 }, spaced),
    });
    assert.equal(orientation, "SPL");
    const [a, b] = cases;
    assert.deepEqual(a, {
      id: "a",
      imageHash: a.imageHash,
      labelHash: a.labelHash,
      shape: [3, 5, 7],
      spacingMm: [4, 3, 2],
      voxels: [
        [0, 102],
        [1, 2],
        [2, 1],
      ],
      nonZeroBox: a.nonZeroBox,
    });
    assert.ok(Math.abs(a.nonZeroBox - 18 / 105) < 1e-12);
    assert.equal(b.nonZeroBox, 1);
  });

  it("hashes the voxels of all channels, not the files that they are in", async () => {
    const bytes = (values: Int16Array, shape: string) =>
      Buffer.concat([Buffer.from(`Int16Array ${shape};`), new Uint8Array(values.buffer)]);
    const ramp = Int16Array.from({ length: 105 }, (_, i) => i);
    const expected = createHash("sha256").update(bytes(ramp, "3,5,7")).digest("hex");
    const other = { ...spaced, description: "another header" };
    const { cases } = await fingerprintOf({
      "images/a.nii": nifti(),
      "labels/a.nii": niftiLabels({ 1: 1 }),
      "images/b.nii.gz": nifti(undefined, other),
      "labels/b.nii": niftiLabels({ 1: 1 }, other),
      "images/c.nii": nifti((i) => (i === 104 ? 0 : i)),
      "labels/c.nii": niftiLabels({ 2: 1 }),
    });
    assert.deepEqual([cases[0].imageHash, cases[1].imageHash], [expected, expected]);
    assert.notEqual(cases[2].imageHash, expected);
    const [first, second, moved] = cases.map(({ labelHash }) => labelHash);
    assert.equal(first, second);
    assert.notEqual(moved, first);
  });

  it("turns sizes and spacings to where most cases' axes point", async () => {
    // The odd one out stores x slowest: its [D, H, W] are [x, y, z] of 2, 3, 4 mm.
    const turned = { dim: [3, 3, 5, 7, 1, 1, 1, 1], sform: [0, 0, -2, 0, 0, -3, 0, 0, 4, 0, 0, 0] };
    const { cases, orientation } = await fingerprintOf({
      "images/a.nii": nifti(() => 1, spaced),
      "labels/a.nii": niftiLabels({ 1: 1 }, spaced),
      "images/b.nii": nifti(() => 1, spaced),
      "labels/b.nii": niftiLabels({ 1: 1 }, spaced),
      "images/c.nii": nifti(() => 1, { ...spaced, ...turned, pixdim: [1, 4, 3, 2, 0, 0, 0, 0] }),
      "labels/c.nii": niftiLabels({ 1: 1 }, { ...spaced, ...turned, pixdim: [1, 4, 3, 2, 0, 0, 0, 0] }),
    });
    assert.equal(orientation, "SPL");
    for (const { shape, spacingMm } of cases)
      assert.deepEqual(
        [shape, spacingMm],
        [
          [3, 5, 7],
          [4, 3, 2],
        ],
      );
  });

  it("passes on what is odd about files once, and how often", async () => {
    const files = ["a", "b", "c"].flatMap((id) => [
      [`images/${id}.nii`, nifti((i) => i, { slope: -2 })],
      [`labels/${id}.nii`, niftiLabels({ 1: 1 })],
    ]);
    const { warnings } = await examineDataset(await findDataset(folderWith(Object.fromEntries(files))));
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["N_SCALE"],
    );
    assert.match(warnings[0].where, /a\.nii/);
    assert.match(warnings[0].text, /\(and 2 more like it\)$/);
  });

  it("reports progress case by case, and stops with the signal's reason", async () => {
    const files = Object.fromEntries(
      ["a", "b", "c"].flatMap((id) => [
        [`images/${id}.nii`, nifti()],
        [`labels/${id}.nii`, niftiLabels({ 1: 1 })],
      ]),
    );
    const dataset = await findDataset(folderWith(files));
    const seen: string[] = [];
    await examineDataset(dataset, { onProgress: (done, total) => seen.push(`${done} of ${total}`) });
    assert.deepEqual(seen, ["1 of 3", "2 of 3", "3 of 3"]);
    const stop = new AbortController();
    const reason = new Error("enough");
    const examined = examineDataset(dataset, { onProgress: () => stop.abort(reason), signal: stop.signal });
    await assert.rejects(examined, reason);
  });
});
