import { strict as assert } from "node:assert";
import { straightenedScan, straightGridOf } from "../../../pipeline/io/straighten.ts";
import { indexToLpsOf, inverse, type Triple, transformPoint } from "../../../pipeline/volume/affine.ts";
import { defaultLimits } from "../../../pipeline/volume/limits.ts";
import type { Scan } from "../../../pipeline/volume/scan.ts";
import { cornersOf, type VoxelArray, volumeOf } from "../../../pipeline/volume/volume.ts";
import { niftiFile } from "../../support/nifti-file.ts";
import { assertAllClose, assertClose } from "../../support/numbers.ts";
import { readBytes, warningCodesOf } from "../../support/read-bytes.ts";

const shape: Triple = [5, 7, 9];

/** Columns [D, H, W]: slices that slide 1 mm along y and back along x, rows that slide 0.5 mm along x. */
const indexToLps = indexToLpsOf([-0.4, 0.5, 1, -10, 1, 2, 0, 20, 3, 0, 0, -30, 0, 0, 0, 1], "sheared");
const sheared = { shape, indexToLps };
const options = { where: "scan", limits: defaultLimits };

/** A ramp through space, which linear interpolation gives back everywhere inside. */
const ramp = ([x, y, z]: Triple) => 2 * x - 3 * y + 5 * z + 7;

function scanOf(valueAt: (place: Triple) => number, rest: Partial<Scan> = {}): Scan {
  const data = new Float32Array(5 * 7 * 9);
  for (let d = 0, i = 0; d < 5; d++)
    for (let h = 0; h < 7; h++)
      for (let w = 0; w < 9; w++, i++) data[i] = valueAt(transformPoint(indexToLps, [d, h, w]));
  const array: VoxelArray = rest.classes === undefined ? data : Uint8Array.from(data);
  return { format: "test", channels: [volumeOf(array, sheared)], modality: "CT", warnings: [], inputs: [], ...rest };
}

describe("straightGridOf", () => {
  it("has square axes, the same rows, and every voxel of the sheared grid inside", () => {
    const straight = straightGridOf(sheared);
    const { rows } = straight.indexToLps;
    const column = (axis: number) => [rows[axis], rows[axis + 4], rows[axis + 8]];
    assert.deepEqual(column(2), [1, 0, 0]);
    assertAllClose(column(1), [0, 2, 0], { abs: 1e-12 }); // less its part along x
    assertAllClose(column(0), [0, 0, 3], { abs: 1e-12 });
    for (const corner of cornersOf([4, 6, 8])) {
      const at = transformPoint(inverse(straight.indexToLps), transformPoint(indexToLps, corner));
      for (const [axis, value] of at.entries())
        assert.ok(value > -1e-6 && value < straight.shape[axis] - 1 + 1e-6, `${corner} lies at ${at}`);
    }
    // x: 8 + 6 * 0.5 - 4 * 0.4 = -1.6 .. 11, so -2 .. 11; y: 6 * 2 + 4 * 1 = 0 .. 16, so 0 .. 8
    assert.deepEqual(straight.shape, [5, 9, 14]);
  });
});

describe("straightenedScan", () => {
  it("gives the value of a ramp at each place inside, and the smallest value outside", async () => {
    const scan = scanOf(ramp, { nifti: {} as never });
    const straight = await straightenedScan(scan, options);
    const [{ data, shape: sides, indexToLps: place }] = straight.channels;
    const least = Math.min(...scan.channels[0].data);
    let inside = 0;
    for (let d = 0, i = 0; d < sides[0]; d++)
      for (let h = 0; h < sides[1]; h++)
        for (let w = 0; w < sides[2]; w++, i++) {
          const at = transformPoint(place, [d, h, w]);
          const source = transformPoint(inverse(indexToLps), at);
          if (source.every((index, axis) => index >= 0 && index <= shape[axis] - 1)) {
            assertClose(data[i], ramp(at), { abs: 1e-3 });
            inside++;
          } else if (source.some((index, axis) => index < -0.51 || index > shape[axis] - 0.49))
            assert.equal(data[i], least);
        }
    assert.ok(inside > 150);
    assert.deepEqual([straight.nifti, warningCodesOf(straight)], [undefined, ["S_TILT"]]);
  });

  it("keeps class ids class ids", async () => {
    const classes = [{ id: 7, name: "organ", colorRgb: [1, 2, 3] }] as const;
    const { channels } = await straightenedScan(
      scanOf(([x]) => (x > -6 ? 7 : 0), { classes }),
      options,
    );
    assert.deepEqual([...new Set(channels[0].data)].sort(), [0, 7]);
  });

  it("returns a straight scan as it is", async () => {
    const scan = await readBytes(niftiFile(), "scan.nii", { straighten: true });
    assert.deepEqual([scan.channels[0].shape, scan.warnings], [[3, 5, 7], []]);
  });

  it("refuses axes so close to each other that the straight grid is beyond the limit", async () => {
    const flat = indexToLpsOf([0, 5, 1, 0, 0, 1e-4, 0, 0, 3, 0, 0, 0, 0, 0, 0, 1], "flat");
    const data = new Int16Array(3 * 4000 * 2);
    const channels = [volumeOf(data, { shape: [3, 4000, 2], indexToLps: flat })] as const;
    const limits = { volumeBytes: 2 ** 20 };
    await assert.rejects(straightenedScan({ ...scanOf(ramp), channels }, { where: "scan", limits }), {
      name: "FormatError",
      message: /straight grid of at most 1048576 bytes/,
    });
  });
});
