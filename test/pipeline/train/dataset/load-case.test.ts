import { strict as assert } from "node:assert";
import { join } from "node:path";
import sharp from "sharp";
import { writerNamed } from "../../../../pipeline/io/writers.ts";
import { loadCase } from "../../../../pipeline/train/dataset/load-case.ts";
import type {
  LabelSource,
  TrainingCase,
  TrainingDataset,
} from "../../../../pipeline/train/dataset/training-dataset.ts";
import { isNamedError } from "../../../../pipeline/volume/errors.ts";
import type { LabelClass } from "../../../../pipeline/volume/label-class.ts";
import { volumeOf } from "../../../../pipeline/volume/volume.ts";
import { folderWith, nifti, niftiLabels } from "../../../support/dataset-files.ts";
import { type NiftiFields, niftiFile } from "../../../support/nifti-file.ts";
import { obliqueGrid, reorderings, scanOfLabels } from "../../../support/phantom-series.ts";
import { pngFile } from "../../../support/picture-files.ts";
import { codeOfFailure } from "../../../support/read-bytes.ts";

const classes: readonly LabelClass[] = [
  { id: 1, name: "cup", colorRgb: [200, 0, 0] },
  { id: 2, name: "disc", colorRgb: [0, 200, 0] },
];

const datasetWith = (changes: Partial<TrainingDataset> = {}): TrainingDataset => ({
  name: "test",
  path: "/nowhere",
  channels: [{ name: "image" }],
  classes,
  training: [],
  testing: [],
  ...changes,
});

/** Files of one case: those named image…, and those named label…; all is read. */
function load(files: Readonly<Record<string, Uint8Array>>, changes: Partial<TrainingDataset> = {}) {
  const folder = folderWith(files);
  const named = (start: string) =>
    Object.keys(files)
      .filter((name) => name.startsWith(start))
      .map((name) => join(folder, name));
  const [path] = named("label");
  const masks = named("mask").map((mask, n) => ({ classId: n + 1, path: mask }));
  const labels: LabelSource = path === undefined ? { kind: "masks", paths: masks } : { kind: "label-map", path };
  const trainingCase: TrainingCase = { id: "a", images: named("image"), labels };
  return loadCase(datasetWith(changes), trainingCase);
}

/** A header whose grid is moved along x. Units: mm */
const shifted = (mm: number): NiftiFields => ({ sform: [1, 0, 0, -10 + mm, 0, 2, 0, -20, 0, 0, 3, -30] });

describe("loadCase", () => {
  it("turns labels whose axes run otherwise to the image's, in ten of 48 ways, on an oblique grid", async () => {
    const grid = obliqueGrid([3, 5, 7], { spacingMm: [3, 2, 1], angles: [0.3, -0.2, 0.1], originXyz: [-12, 33, -101] });
    const labels = volumeOf(
      Uint8Array.from({ length: 105 }, (_, i) => i % 3),
      grid,
    );
    const folder = folderWith({});
    const write = (name: string, volume: typeof labels) =>
      writerNamed("nifti").write(scanOfLabels(volume, []), join(folder, name), {});
    await write("image.nii", labels);
    for (const [n, turned] of reorderings(labels).entries()) {
      if (n % 5 > 0) continue; // all orders of axes, and each axis flipped
      const path = join(folder, `labels-${n}.nii`);
      await write(`labels-${n}.nii`, turned as typeof labels);
      const loaded = await loadCase(datasetWith(), {
        id: "a",
        images: [join(folder, "image.nii")],
        labels: { kind: "label-map", path },
      });
      assert.deepEqual(loaded.labels?.data, labels.data, `turn ${n}`);
      assert.deepEqual(loaded.labels?.indexToLps, loaded.channels[0].indexToLps);
    }
  });

  it("turns a channel to the first one's axes", async () => {
    const flipped = nifti((i) => 7 * Math.floor(i / 7) + (6 - (i % 7)), {
      sform: [-1, 0, 0, -4, 0, 2, 0, -20, 0, 0, 3, -30],
    });
    const { channels } = await load(
      { "image-0.nii": nifti(), "image-1.nii": flipped, "label.nii": niftiLabels({}) },
      { channels: [{ name: "T1" }, { name: "T2" }] },
    );
    assert.deepEqual(channels[1].data, channels[0].data);
    assert.deepEqual(channels[1].indexToLps, channels[0].indexToLps);
  });

  it("overlooks 0.04 mm between grids of 1 mm voxels, as headers round, and refuses half a voxel", async () => {
    const { labels, channels } = await load({
      "image.nii": nifti(),
      "label.nii": niftiLabels({ 8: 2 }, shifted(0.04)),
    });
    assert.deepEqual([labels?.data[8], labels?.indexToLps], [2, channels[0].indexToLps]);
    assert.equal(
      await codeOfFailure(load({ "image.nii": nifti(), "label.nii": niftiLabels({ 8: 2 }, shifted(0.5)) })),
      "G_GRID",
    );
    const channelPair = {
      "image-0.nii": nifti(),
      "image-1.nii": nifti(undefined, shifted(0.5)),
      "label.nii": niftiLabels({}),
    };
    assert.equal(await codeOfFailure(load(channelPair, { channels: [{ name: "T1" }, { name: "T2" }] })), "G_GRID");
  });

  it("refuses labels of another size, though they begin at the same place", async () => {
    const small = niftiLabels({}, { dim: [3, 7, 5, 2, 1, 1, 1, 1] });
    assert.equal(await codeOfFailure(load({ "image.nii": nifti(), "label.nii": small })), "T_SHAPE");
  });

  it("names the values that no class has, and those that have one", async () => {
    const error = await load({ "image.nii": nifti(), "label.nii": niftiLabels({ 3: 9, 4: 1, 5: 12 }) }).catch(
      (reason) => reason,
    );
    assert.ok(isNamedError(error));
    const { code, expected, got } = error.problem;
    assert.deepEqual([code, expected, got], ["T_LABEL_VALUES", "no labels but 0, 1, 2", "9, 12"]);
  });

  it("keeps the ignore label", async () => {
    const { labels } = await load(
      { "image.nii": nifti(), "label.nii": niftiLabels({ 3: 9, 4: 1 }) },
      { ignoreLabel: 9 },
    );
    assert.deepEqual([labels?.data[3], labels?.data[4]], [9, 1]);
  });

  it("takes whole numbers stored as floating point, and refuses labels between them", async () => {
    const floats = (value: number) => {
      const values = new Float32Array(105).fill(value, 5, 6);
      return niftiFile({ datatype: 16, bitpix: 32 }, new Uint8Array(values.buffer));
    };
    const { labels } = await load({ "image.nii": nifti(), "label.nii": floats(2) });
    assert.equal(labels?.data[5], 2);
    assert.equal(await codeOfFailure(load({ "image.nii": nifti(), "label.nii": floats(1.5) })), "L_NOT_INTEGER");
  });
});

describe("loadCase of pictures", () => {
  const size = { width: 7, height: 5 } as const;
  const image = pngFile({ ...size, colorType: 0, samples: new Uint8Array(35).fill(9), pixelsPerMetre: [4000, 2000] });
  const indices = Uint8Array.from({ length: 35 }, (_, i) => i % 3);
  const palette = [0, 0, 0, 128, 0, 0, 0, 128, 0];

  it("takes the numbers of a palette's colours, at the image's pixel size though the mask states none", async () => {
    const mask = pngFile({ ...size, colorType: 3, samples: indices, palette });
    const { labels, channels } = await load({ "image.png": image, "label.png": mask });
    assert.deepEqual(labels?.data, indices);
    assert.deepEqual(labels?.indexToLps, channels[0].indexToLps);
  });

  it("takes them where two of the colours are the same", async () => {
    const mask = pngFile({ ...size, colorType: 3, samples: indices, palette: [0, 0, 0, 0, 0, 0, 0, 0, 0] });
    assert.deepEqual((await load({ "image.png": image, "label.png": mask })).labels?.data, indices);
  });

  it("unpacks a palette of 2 bits", async () => {
    const row = Uint8Array.of(0b00_01_10_00, 0b01_10_00_00); // 0 1 2 0, 1 2 0 and padding
    const samples = Uint8Array.from({ length: 10 }, (_, i) => row[i % 2]);
    const mask = pngFile({ ...size, colorType: 3, samples, palette, bitDepth: 2 });
    const expected = Uint8Array.from({ length: 35 }, (_, i) => (i % 7) % 3);
    assert.deepEqual((await load({ "image.png": image, "label.png": mask })).labels?.data, expected);
  });

  it("takes colours of classes, and refuses any other", async () => {
    const colours = [...indices].flatMap(
      (id) =>
        [
          [0, 0, 0],
          [200, 0, 0],
          [0, 200, 0],
        ][id],
    );
    const painted = (samples: readonly number[]) =>
      pngFile({ ...size, colorType: 2, samples: Uint8Array.from(samples) });
    assert.deepEqual((await load({ "image.png": image, "label.png": painted(colours) })).labels?.data, indices);
    const smoothed = painted(colours.with(3, 100));
    assert.equal(await codeOfFailure(load({ "image.png": image, "label.png": smoothed })), "T_LABEL_VALUES");
  });

  it("takes a mask in any colour, the later class over the earlier, and refuses a smoothed one", async () => {
    const white = pngFile({ ...size, colorType: 0, samples: new Uint8Array(35).fill(255, 0, 20) });
    const blue = pngFile({
      ...size,
      colorType: 2,
      samples: new Uint8Array(105).map((_, i) => (i % 3 === 2 && i < 30 ? 255 : 0)),
    });
    const { labels } = await load({ "image.png": image, "mask-1.png": white, "mask-2.png": blue });
    assert.deepEqual(labels?.data, new Uint8Array(35).fill(1, 0, 20).fill(2, 0, 10));
    const smooth = pngFile({ ...size, colorType: 0, samples: new Uint8Array(35).fill(255, 0, 20).fill(127, 20, 21) });
    assert.equal(await codeOfFailure(load({ "image.png": image, "mask-1.png": smooth })), "T_MASK");
  });

  it("refuses JPEG labels", async () => {
    const jpeg = await sharp(new Uint8Array(35), { raw: { ...size, channels: 1 } })
      .jpeg()
      .toBuffer();
    assert.equal(await codeOfFailure(load({ "image.png": image, "label.jpg": jpeg })), "T_LOSSY");
  });
});
