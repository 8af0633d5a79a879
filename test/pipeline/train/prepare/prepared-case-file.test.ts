import { strict as assert } from "node:assert";
import { truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { openPreparedCase, writePreparedCase } from "../../../../pipeline/train/prepare/prepared-case-file.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const shape: Triple = [7, 11, 9];
const made = {
  id: "case é",
  shape,
  image: new Float32Array(2 * 693).map((_, i) => i),
  labels: Uint16Array.from({ length: 693 }, (_, i) => i % 300),
  voxelsByClass: new Map([
    [1, Uint32Array.of(3, 5)],
    [299, Uint32Array.of(692)],
  ]),
};

async function written(): Promise<string> {
  const folder = join(temporaryFolder(), "case");
  await writePreparedCase(folder, made);
  return folder;
}

/** A start and a size along an axis that stay inside. */
const span = (side: number) =>
  fc
    .integer({ min: 0, max: side - 1 })
    .chain((start) => fc.tuple(fc.constant(start), fc.integer({ min: 1, max: side - start })));

describe("prepared case files", () => {
  it("give back what was written", async () => {
    const file = openPreparedCase(await written());
    assert.deepEqual([file.id, file.shape, file.channels], ["case é", shape, 2]);
    assert.deepEqual(file.voxelsByClass, made.voxelsByClass);
    const whole = file.readBlock([0, 0, 0], shape);
    assert.deepEqual([whole.image, whole.labels], [made.image, made.labels]);
    file.close();
  });

  it("give any block of every channel", async () => {
    const file = openPreparedCase(await written());
    fc.assert(
      fc.property(span(7), span(11), span(9), ([d, depth], [h, rows], [w, columns]) => {
        const { image, labels } = file.readBlock([d, h, w], [depth, rows, columns]);
        const wanted: number[] = [];
        for (let z = d; z < d + depth; z++)
          for (let y = h; y < h + rows; y++) for (let x = w; x < w + columns; x++) wanted.push((z * 11 + y) * 9 + x);
        assert.deepEqual([...image], [...wanted, ...wanted.map((i) => 693 + i)]);
        assert.deepEqual(
          [...labels],
          wanted.map((i) => i % 300),
        );
      }),
      { numRuns: 40 },
    );
    file.close();
  });

  it("are refused when a file is shorter than the header says, is missing, or lists a voxel outside", async () => {
    const short = await written();
    truncateSync(join(short, "image.f32"), 100);
    assert.throws(() => openPreparedCase(short), /image\.f32: expected 5544 bytes, got 100/);
    const headless = await written();
    unlinkSync(join(headless, "case.json"));
    assert.throws(() => openPreparedCase(headless), /case\.json: expected a file of a prepared case, got none/);
    const astray = await written();
    writeFileSync(join(astray, "voxels.u32"), new Uint8Array(Uint32Array.of(3, 693, 5).buffer));
    assert.throws(() => openPreparedCase(astray), /voxels\.u32: expected indices of 693 voxels, got 693/);
  });

  it("are refused with T_CACHE when they grow shorter while they are read", async () => {
    const folder = await written();
    const file = openPreparedCase(folder);
    truncateSync(join(folder, "labels.bin"), 700);
    assert.throws(() => file.readBlock([5, 0, 0], [1, 11, 9]), /labels\.bin: expected 198 bytes of a slice, got 0/);
    file.close();
  });
});
