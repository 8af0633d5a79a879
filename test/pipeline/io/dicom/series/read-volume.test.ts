import { strict as assert } from "node:assert";
import { renameSync } from "node:fs";
import { basename, join } from "node:path";
import fc from "fast-check";
import { FormatError } from "../../../../../pipeline/volume/errors.ts";
import { defaultLimits } from "../../../../../pipeline/volume/limits.ts";
import { randomFrom } from "../../../../../pipeline/volume/random.ts";
import { foundIn, readFound, readOnly, writtenSeries } from "../../../../support/dicom-series.ts";
import { editDicom } from "../../../../support/edited-dicom.ts";
import { obliqueGrid } from "../../../../support/phantom-series.ts";
import { assertSameInWorld } from "../../../../support/same-in-world.ts";
import { volumeByIndex } from "../../../../support/volume-by-index.ts";

/** Decimal strings have at most 16 characters: positions of some hundred mm keep 10 decimals, cosines 13. */
const mm = 1e-4;

const side = fc.integer({ min: 2, max: 7 });
const angle = fc.double({ min: -3, max: 3, noNaN: true });
const spacing = fc.double({ min: 0.2, max: 8, noNaN: true });
const place = fc.double({ min: -500, max: 500, noNaN: true });

describe("readVolume", () => {
  it("reads what was written, at any angle and spacing, whatever the files are called @slow", async function () {
    this.timeout(60_000);
    const property = fc.asyncProperty(
      fc.record({
        shape: fc.tuple(side, side, side),
        spacingMm: fc.tuple(spacing, spacing, spacing),
        angles: fc.tuple(angle, angle, angle),
        originXyz: fc.tuple(place, place, place),
        modality: fc.constantFrom("CT", "MR"),
        seed: fc.integer(),
      }),
      async ({ shape, modality, seed, ...placed }) => {
        const random = randomFrom(`series ${seed}`);
        const volume = volumeByIndex(obliqueGrid(shape, placed), () => random.integer(-32768, 32767));
        const { folder, files } = await writtenSeries({ volume, modality });
        for (const file of files) renameSync(file, join(folder, `${random.integer(0, 999_999)}-${basename(file)}`));
        const { channels } = await readOnly(folder);
        assertSameInWorld(channels[0], volume, { mm });
        assert.deepEqual(channels[0].data, volume.data);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it("refuses a volume larger than the limit with D_TOO_BIG before it takes the memory", async () => {
    const { folder } = await writtenSeries();
    const found = await foundIn(folder);
    const limits = { ...defaultLimits, volumeBytes: 10 * 5 * 7 * 2 - 1 };
    await assert.rejects(readFound(found, { limits }), (error: Error) => {
      return error instanceof FormatError && error.problem.code === "D_TOO_BIG";
    });
  });

  it("takes the smallest voxel type that holds every rescaled value", async () => {
    for (const [bitsStored, slope, intercept, kind] of [
      ["8", "1", "0", Uint8Array],
      ["12", "1", "-1024", Int16Array],
      ["16", "1", "0", Uint16Array],
      ["16", "1", "-1024", Float32Array],
      ["12", "0.5", "0", Float32Array],
    ] as const) {
      const { folder, files } = await writtenSeries({
        volume: volumeByIndex(obliqueGrid([2, 3, 5], upright), () => 7),
      });
      const stored = Number(bitsStored);
      for (const file of files)
        editDicom(file, {
          "0028,0101": { vr: "US", bytes: Buffer.from([stored, 0]) },
          "0028,0102": { vr: "US", bytes: Buffer.from([stored - 1, 0]) },
          "0028,0103": { vr: "US", bytes: Buffer.from([0, 0]) },
          "0028,1053": slope,
          "0028,1052": intercept,
        });
      const { channels } = await readOnly(folder);
      assert.ok(channels[0].data instanceof kind, `${bitsStored} bits, ${slope}, ${intercept}`);
      assert.equal(channels[0].data[29], 7 * Number(slope) + Number(intercept));
    }
  });
});

const upright = { spacingMm: [3, 2, 1], angles: [0, 0, 0], originXyz: [0, 0, 0] } as const;
