import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { closeParsingPool } from "../../../pipeline/io/parsing-pool.ts";
import { readScan } from "../../../pipeline/io/read-scan.ts";
import type { FoundScan } from "../../../pipeline/io/scan-format.ts";
import { joinedScan, slabsOf } from "../../../pipeline/io/slabs.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { volumeOf, voxelCountOf } from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { codesOf, foundIn, readFound, writtenSeries } from "../../support/dicom-series.ts";
import { editDicom } from "../../support/edited-dicom.ts";
import { volumeByIndex } from "../../support/volume-by-index.ts";

describe("slabsOf", () => {
  const found = { summary: { shape: [10, 5, 7] }, slabs: 4 } as unknown as FoundScan;
  const planesOf = (each: FoundScan, most: number) => slabsOf(each, most).map(({ planes }) => planes);

  it("cuts ten planes into as many slabs as the scan and the processes allow", () => {
    assert.deepEqual(planesOf(found, 2), [
      [0, 5],
      [5, 10],
    ]);
    assert.deepEqual(planesOf(found, 16), [
      [0, 3],
      [3, 5],
      [5, 8],
      [8, 10],
    ]);
  });

  it("leaves a scan whole that has no slabs, or for one process, or where the number of slabs is none", () => {
    assert.deepEqual(planesOf(found, 1), [undefined]);
    assert.deepEqual(planesOf({ ...found, slabs: Number.NaN }, 2), [undefined]);
    const { slabs: _, ...whole } = found;
    assert.deepEqual(slabsOf(whole, 2), [whole]);
  });
});

describe("joinedScan", () => {
  after(closeParsingPool);

  it("makes of a series' slabs what reading it at once makes: voxels, places, origin", async () => {
    const found = { ...(await foundIn((await writtenSeries()).folder)), slabs: 3 };
    const slabs = await Promise.all(slabsOf(found, 3).map((slab) => readFound(slab)));
    assert.deepEqual(
      slabs.map(({ channels: [{ shape }] }) => shape[0]),
      [3, 4, 3],
    );
    assert.deepEqual(joinedScan(slabs, found), await readFound(found));
  });

  it("does not call a volume constant of which a slab is", async () => {
    const twoValues = volumeByIndex(straightGrid([4, 5, 7], [3, 2, 1]), ([d]) => (d < 2 ? 0 : 9));
    const found = { ...(await foundIn((await writtenSeries({ volume: twoValues })).folder)), slabs: 2 };
    const slabs = await Promise.all(slabsOf(found, 2).map((slab) => readFound(slab)));
    assert.deepEqual(slabs.map(codesOf), [["D_CONSTANT"], ["D_CONSTANT"]]);
    assert.deepEqual(codesOf(joinedScan(slabs, found)), []);
  });

  it("refuses slabs that are not as many planes as were listed with F_CHILD_REPLY", async () => {
    const found = { ...(await foundIn((await writtenSeries()).folder)), slabs: 2 };
    const [first] = await Promise.all(slabsOf(found, 2).map((slab) => readFound(slab)));
    const isRefusal = (error: { problem?: { code: string } }) => error.problem?.code === "F_CHILD_REPLY";
    assert.throws(() => joinedScan([first, first, first], found), isRefusal);
  });

  it("reads a compressed series of two slabs as its voxels were", async function () {
    this.timeout(10_000);
    const grid = straightGrid([3, 1280, 1152], [3, 2, 1]);
    const data = new Int16Array(voxelCountOf(grid.shape));
    for (let row = 0; row < 3 * 1280; row++) data.fill(row - 1000, 1152 * row, 1152 * (row + 1));
    const volume = volumeOf(data, grid);
    const { folder, files } = await writtenSeries({ volume });
    for (const file of files) compressWithRle(file, volume.shape);
    assert.equal((await foundIn(folder)).slabs, 2);
    const { channels, dicom } = await readScan(folder);
    assert.deepEqual(channels[0].indexToLps, volume.indexToLps);
    assert.ok(Buffer.from(channels[0].data.buffer).equals(Buffer.from(volume.data.buffer)));
    assert.equal(dicom?.slices.length, 3);
  });
});

/** Bytes of a run. Source: DICOM PS3.5 annex G */
const RUN = 128;

/** Writes the pixels of an uncompressed file as RLE; their rows are runs of equal bytes, high and low apart. */
function compressWithRle(path: string, [, height, width]: Triple): void {
  editDicom(path, { "0002,0010": "1.2.840.10008.1.2.5" });
  const file = readFileSync(path);
  const pixels = file.subarray(file.length - 2 * height * width);
  const segment = (offset: number) =>
    Buffer.concat(
      Array.from({ length: (height * width) / RUN }, (_, run) => Buffer.of(257 - RUN, pixels[2 * RUN * run + offset])),
    );
  const [high, low] = [segment(1), segment(0)];
  const header = Buffer.alloc(64);
  [2, 64, 64 + high.length].forEach((value, i) => {
    header.writeUInt32LE(value, 4 * i);
  });
  const item = (tag: number, bytes: Buffer) => {
    const head = Buffer.of(0xfe, 0xff, tag, 0xe0, 0, 0, 0, 0);
    head.writeUInt32LE(bytes.length, 4);
    return Buffer.concat([head, bytes]);
  };
  const element = Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const frame = item(0x00, Buffer.concat([header, high, low]));
  const before = file.subarray(0, file.length - pixels.length - element.length);
  writeFileSync(
    path,
    Buffer.concat([before, element, item(0x00, Buffer.alloc(0)), frame, item(0xdd, Buffer.alloc(0))]),
  );
}
