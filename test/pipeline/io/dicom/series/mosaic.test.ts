import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { straightGrid } from "../../../../support/boxes-scan.ts";
import { csaHeader } from "../../../../support/csa-header.ts";
import { rampOn, readOnly, refusalOf, writtenSeries } from "../../../../support/dicom-series.ts";
import { editDicom } from "../../../../support/edited-dicom.ts";
import { assertAllClose } from "../../../../support/numbers.ts";
import { debianPython, requireValidator } from "../../../../support/validators.ts";
import { volumeByIndex } from "../../../../support/volume-by-index.ts";

/** Seven slices of 5 x 7 pixels fill a square of 3 x 3 tiles, two of them empty. */
const slices = rampOn(straightGrid([7, 5, 7], [3, 2, 1]));
const perSide = 3;

/** A picture of 15 x 21 pixels with the slices side by side, placed as if it were one slice around the same middle. */
async function mosaicSeries({ normal = ["0", "0", "1"] }: { readonly normal?: readonly string[] } = {}) {
  const whole = volumeByIndex(straightGrid([1, 15, 21], [3, 2, 1]), ([, h, w]) => {
    const d = perSide * Math.floor(h / 5) + Math.floor(w / 7);
    return d < 7 ? slices.data[(d * 5 + (h % 5)) * 7 + (w % 7)] : 0;
  });
  const series = await writtenSeries({ volume: whole, modality: "MR" });
  const csa = csaHeader({
    EchoLinePosition: ["IS"],
    NumberOfImagesInMosaic: ["US", "7"],
    AcquisitionMatrixText: ["SH", "7*5"],
    SliceNormalVector: ["FD", ...normal],
  });
  editDicom(series.files[0], {
    "0008,0008": "ORIGINAL\\PRIMARY\\M\\ND\\MOSAIC",
    // The slices begin at [10, -20, 30]; 7 pixels of 1 mm and 5 of 2 mm lie between their corner and the picture's.
    "0020,0032": "3\\-30\\30",
    "0019,0010": { vr: "LO", bytes: Buffer.from("SIEMENS MR HEADER ") },
    "0019,100a": { vr: "US", bytes: Buffer.from([7, 0]) },
    "0029,0010": { vr: "LO", bytes: Buffer.from("SIEMENS CSA HEADER") },
    "0029,1010": { vr: "OB", bytes: csa },
  });
  return series;
}

describe("slicesOfMosaic", () => {
  it("S26 unpacks a mosaic to its slices, each in its place", async () => {
    const { folder } = await mosaicSeries();
    const { channels, dicom } = await readOnly(folder);
    assert.deepEqual(channels[0].shape, [7, 5, 7]);
    assert.deepEqual(channels[0].data, slices.data);
    assertAllClose(channels[0].indexToLps.rows, slices.indexToLps.rows, { abs: 1e-9 });
    // A segmentation cannot refer to tiles of a picture.
    assert.equal(dicom, undefined);
  });

  it("S26 puts a mosaic's slices where nibabel puts them @slow", async function () {
    this.timeout(20_000);
    requireValidator(this, "nibabel");
    requireValidator(this, "pydicom");
    for (const normal of [
      ["0", "0", "1"],
      ["0", "0", "-1"],
    ]) {
      const { folder, files } = await mosaicSeries({ normal });
      const { channels } = await readOnly(folder);
      const script = `
import json, sys, numpy
from nibabel.nicom.dicomwrappers import wrapper_from_file
mosaic = wrapper_from_file(sys.argv[1])
voxels = mosaic.get_data()
shape = voxels.shape
corners = [[0, 0, 0], [shape[0] - 1, 0, 0], [0, shape[1] - 1, 0], [0, 0, shape[2] - 1]]
print(json.dumps([[(mosaic.affine @ [*c, 1])[:3].tolist(), float(voxels[tuple(c)])] for c in corners]))`;
      const { stdout, stderr } = spawnSync(debianPython, ["-c", script, files[0]], { encoding: "utf8" });
      assert.notEqual(stdout, "", stderr);
      for (const [place, value] of JSON.parse(stdout))
        assertAllClose([valueAt(channels[0], place)], [value], { abs: 0 });
    }
  });

  it("S26 refuses a mosaic that does not say how it is laid out with S_MOSAIC", async () => {
    for (const removed of ["0019,100a", "0029,1010"]) {
      const { folder, files } = await mosaicSeries();
      editDicom(files[0], { [removed]: undefined });
      assert.match(await refusalOf(folder, "S_MOSAIC"), /dcm2niix/);
    }
  });

  it("S26 refuses a mosaic with a damaged private header with S_MOSAIC", async () => {
    for (const bytes of [
      Buffer.from("SV10"),
      Buffer.from("SV10\x04\x03\x02\x01\xff\xff\xff\x7f\x4d\0\0\0", "latin1"),
    ]) {
      const { folder, files } = await mosaicSeries();
      editDicom(files[0], { "0029,1010": { vr: "OB", bytes } });
      await refusalOf(folder, "S_MOSAIC");
    }
  });
});

/** The voxel at a place on this upright grid; it may run downwards. */
function valueAt(
  { data, indexToLps, shape }: Awaited<ReturnType<typeof readOnly>>["channels"][0],
  place: readonly number[],
) {
  const { rows } = indexToLps;
  const [w, h, d] = [(place[0] - rows[3]) / rows[2], (place[1] - rows[7]) / rows[5], (place[2] - rows[11]) / rows[8]];
  return data[(Math.round(d) * shape[1] + Math.round(h)) * shape[2] + Math.round(w)];
}
