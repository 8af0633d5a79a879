import { strict as assert } from "node:assert";
import type { EvaluatedClass } from "../../../../pipeline/evaluate/evaluated-classes.ts";
import { calibrate } from "../../../../pipeline/evaluate/probabilities/calibrate.ts";
import { channelMeanings } from "../../../../pipeline/evaluate/probabilities/channel-meanings.ts";
import { findProbabilities } from "../../../../pipeline/evaluate/probabilities/find-probabilities.ts";
import { readChannels } from "../../../../pipeline/evaluate/probabilities/read-channels.ts";
import { spacingMmOf } from "../../../../pipeline/volume/affine.ts";
import type { Grid } from "../../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../../support/boxes-scan.ts";
import { folderWith } from "../../../support/dataset-files.ts";
import { labelsAt } from "../../../support/label-files.ts";
import { niftiFile } from "../../../support/nifti-file.ts";
import { npzFile } from "../../../support/npy-file.ts";
import { assertClose } from "../../../support/numbers.ts";

const grid = straightGrid([1, 1, 4], [3, 2, 1]);
const classes: readonly EvaluatedClass[] = [
  { id: 1, name: "liver" },
  { id: 2, name: "spleen" },
];
const reference = labelsAt(grid, { 0: 1, 1: 2, 2: 2 });

/** Of background, liver and spleen; each voxel's add up to 1. */
const background = [0.1, 0.2, 0.3, 1];
const liver = [0.8, 0.2, 0.1, 0];
const spleen = [0.1, 0.6, 0.6, 0];

/** Mean squared difference, by hand. */
const brier = (probabilities: readonly number[], truth: readonly number[]) =>
  probabilities.reduce((sum, value, i) => sum + (value - truth[i]) ** 2, 0) / probabilities.length;

/** A NIfTI file on `grid` of float32 volumes, one after another. */
function volumes(...channels: readonly (readonly number[])[]): Buffer {
  const values = Float32Array.from(channels.flat());
  // LPS to RAS: x and y change their signs.
  const sform = [-1, 0, 0, -10, 0, -2, 0, 20, 0, 0, 3, 30];
  const fields = { dim: [4, 4, 1, 1, channels.length], datatype: 16, bitpix: 32, sform, pixdim: [1, 1, 2, 3, 1] };
  return niftiFile(fields, new Uint8Array(values.buffer));
}

/** Calibration of case `a` with these files. */
async function calibrated(
  files: Readonly<Record<string, Uint8Array>>,
  options: { readonly classes?: readonly EvaluatedClass[]; readonly ignoreLabel?: number; readonly on?: Grid } = {},
) {
  const rules = { classes: options.classes ?? classes, ignoreLabel: options.ignoreLabel };
  const filesOf = await findProbabilities(folderWith(files));
  const channels = readChannels(filesOf("a"), { ...rules, grid: options.on ?? grid });
  return calibrate(channels, { ...rules, reference, resample: false });
}

const softmax = { shape: [3, 1, 1, 4], values: [...background, ...liver, ...spleen] };

describe("calibrate", () => {
  it("reads nnU-Net's archive, the background first", async () => {
    const found = await calibrated({ "a.npz": npzFile({ probabilities: softmax }) });
    assertClose(found.get(1)?.brier ?? -1, brier(liver, [1, 0, 0, 0]), { abs: 1e-7 });
    assertClose(found.get(2)?.brier ?? -1, brier(spleen, [0, 1, 1, 0]), { abs: 1e-7 });
    // Bins of 1/15: 0.1 and 0.6 twice and 0 stand alone: |0.1 - 0| + |1.2 - 2| + 0 over 4.
    assertClose(found.get(2)?.expectedError ?? -1, (0.1 + 0.8) / 4, { abs: 1e-7 });
  });

  it("reads an image of volumes with or without background, and an image per class", async () => {
    const expected = brier(spleen, [0, 1, 1, 0]);
    const layouts: readonly Readonly<Record<string, Uint8Array>>[] = [
      { "a.nii": volumes(background, liver, spleen) },
      { "a.nii.gz": volumes(liver, spleen) },
      { "a/Spleen.nii": volumes(spleen), "a/liver.nii": volumes(liver), "a/kidney.nii": volumes(liver) },
    ];
    for (const files of layouts) {
      const found = await calibrated(files);
      assertClose(found.get(2)?.brier ?? -1, expected, { abs: 1e-7 });
      assert.equal(found.size, 2);
    }
  });

  it("adds the probabilities of a region's labels up, or takes a channel per region", async () => {
    const regions = [
      { id: 65536, name: "both", labels: [1, 2] },
      { id: 2, name: "spleen" },
    ];
    const both = [0.9, 0.8, 0.7, 0];
    const summed = await calibrated({ "a.npz": npzFile({ probabilities: softmax }) }, { classes: regions });
    assertClose(summed.get(65536)?.brier ?? -1, brier(both, [1, 1, 1, 0]), { abs: 1e-7 });
    assertClose(summed.get(2)?.brier ?? -1, brier(spleen, [0, 1, 1, 0]), { abs: 1e-7 });
    const archive = npzFile({ probabilities: { shape: [2, 1, 1, 4], values: [...both, ...spleen] } });
    const apart = await calibrated({ "a.npz": archive }, { classes: regions });
    assertClose(apart.get(65536)?.brier ?? -1, brier(both, [1, 1, 1, 0]), { abs: 1e-7 });
  });

  it("leaves the voxels to ignore out", async () => {
    const found = await calibrated(
      { "a.npz": npzFile({ probabilities: { shape: [2, 1, 1, 4], values: [...background, ...liver] } }) },
      { classes: [classes[0]], ignoreLabel: 2 },
    );
    assertClose(found.get(1)?.brier ?? -1, brier([0.8, 0], [1, 0]), { abs: 1e-7 });
  });

  it("turns an archive with its prediction's axes", async () => {
    // The prediction's W runs the other way: its first voxel is the reference's last.
    const rows = [...grid.indexToLps.rows];
    [rows[2], rows[3]] = [-rows[2], rows[3] + 3 * rows[2]];
    const on = { shape: grid.shape, indexToLps: { ...grid.indexToLps, rows } };
    assert.deepEqual(spacingMmOf(on.indexToLps), [3, 2, 1]);
    const values = [background, liver, spleen].flatMap((channel) => channel.toReversed());
    const found = await calibrated({ "a.npz": npzFile({ probabilities: { shape: [3, 1, 1, 4], values } }) }, { on });
    assertClose(found.get(1)?.brier ?? -1, brier(liver, [1, 0, 0, 0]), { abs: 1e-7 });
  });

  it("refuses scores, other shapes, other numbers of channels, other grids, and a case without a file", async () => {
    const of = (values: readonly number[], shape: readonly number[] = [3, 1, 1, 4]) =>
      calibrated({ "a.npz": npzFile({ probabilities: { shape, values } }) });
    await assert.rejects(of(softmax.values.map((value) => 8 * value)), /expected probabilities of 0 to 1, got 1\.6/);
    await assert.rejects(
      of(softmax.values, [3, 1, 2, 2]),
      /expected channels of \[1,1,4\], as the prediction has, got \[1,2,2\]/,
    );
    await assert.rejects(of([...softmax.values, ...liver], [4, 1, 1, 4]), /a channel for each of 2 labels.*, got 4/);
    const elsewhere = { ...grid, indexToLps: { ...grid.indexToLps, rows: grid.indexToLps.rows.with(3, 11) } };
    await assert.rejects(
      calibrated({ "a.npz": npzFile({ probabilities: softmax }) }, { on: elsewhere }),
      /expected probabilities on the reference's grid/,
    );
    await assert.rejects(calibrated({ "b.npz": npzFile({}) }), /a: expected probabilities of the case in .*, got none/);
  });
});

describe("channelMeanings", () => {
  it("knows labels by their order, whatever numbers they have", () => {
    const gaps = {
      classes: [
        { id: 7, name: "b" },
        { id: 3, name: "a" },
      ],
      where: "test",
    };
    assert.deepEqual(
      channelMeanings(3, gaps).map(({ whole }) => whole),
      [[], [3], [7]],
    );
    assert.deepEqual(
      channelMeanings(2, gaps).map(({ whole }) => whole),
      [[3], [7]],
    );
  });
});
