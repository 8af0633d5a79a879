import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { voxelCountOf } from "../../../../pipeline/volume/volume.ts";
import { assertClose } from "../../../support/numbers.ts";
import { type DrawnPair, maskPairs, scoresOf, turned } from "../../../support/scored-masks.ts";
import { slowVoxelMetrics } from "../../../support/slow-surfaces.ts";

const ROUNDING = { rel: 1e-12, abs: 1e-12 };

function masksAt(shape: Triple, prediction: readonly Triple[], reference: readonly Triple[]) {
  const maskOf = (places: readonly Triple[]) => {
    const mask = new Uint8Array(voxelCountOf(shape));
    for (const [d, h, w] of places) mask[(d * shape[1] + h) * shape[2] + w] = 1;
    return mask;
  };
  return { prediction: maskOf(prediction), reference: maskOf(reference), shape };
}

function assertSameValues(
  found: Readonly<Record<string, number>>,
  wanted: Readonly<Record<string, number>>,
  factor = 1,
): void {
  for (const [metric, value] of Object.entries(wanted))
    if (Number.isNaN(value)) assert.equal(found[metric], Number.NaN, metric);
    else assertClose(found[metric], value * factor, ROUNDING);
}

const surface = { metrics: ["surface"] };

describe("surface metrics", () => {
  it("measure one voxel from another one plane, two rows and two columns away, at [3, 2, 1] mm, as √29 mm", async () => {
    const pair = masksAt([3, 5, 7], [[0, 1, 2]], [[1, 3, 4]]);
    const values = await scoresOf({ ...pair, spacingMm: [3, 2, 1] }, surface);
    for (const metric of ["hd", "hd95", "hd95-pooled", "assd", "masd"])
      assertClose(values[metric], Math.sqrt(29), ROUNDING);
    assert.equal(values.nsd, 0);
  });

  it("measure a missing corner by its own voxel: 1 of 8 reference voxels lies 1 mm off, the smallest step", async () => {
    const cube = [0, 1].flatMap((d) => [1, 2].flatMap((h) => [1, 2].map((w): Triple => [d, h, w])));
    const pair = masksAt([2, 5, 5], cube.slice(1), cube);
    const values = await scoresOf({ ...pair, spacingMm: [3, 2, 1] }, { ...surface, toleranceMm: () => 0.5 });
    assert.equal(values.hd, 1);
    assertClose(values["asd-from-reference"], 1 / 8, ROUNDING);
    assert.equal(values["asd-from-prediction"], 0);
    assertClose(values.assd, 1 / 15, ROUNDING);
    assertClose(values.masd, 1 / 16, ROUNDING);
    assertClose(values.nsd, 14 / 15, ROUNDING);
    // Percentiles lie between ranks: 0.95 x 7 = 6.65 of eight, 0.95 x 14 = 13.3 of fifteen.
    assertClose(values.hd95, 0.65, ROUNDING);
    assertClose(values["hd95-pooled"], 0.3, ROUNDING);
  });

  it("are what every boundary voxel against every other gives, on any pair, empty and full ones too", () =>
    fc.assert(
      fc.asyncProperty(maskPairs(), fc.constantFrom(0, 0.9, 1.6, 3.1), async (pair, tolerance) => {
        const values = await scoresOf(pair, { ...surface, toleranceMm: () => tolerance });
        assertSameValues(values, slowVoxelMetrics(pair, tolerance));
      }),
      { numRuns: 200 },
    ));

  it("are the same by the definition on larger masks with near and far parts, one of them speckled", async () => {
    const shape: Triple = [31, 37, 41];
    const spacingMm: Triple = [1.5, 1, 0.75];
    const ball = (centre: Triple, speckles: number) =>
      Uint8Array.from({ length: voxelCountOf(shape) }, (_, i) => {
        const place = [Math.floor(i / (37 * 41)), Math.floor(i / 41) % 37, i % 41];
        const isIn = Math.hypot(...place.map((at, axis) => at - centre[axis])) < 9;
        return isIn || (i * 7919) % 30011 < speckles ? 1 : 0;
      });
    const pair = { prediction: ball([12, 14, 15], 40), reference: ball([13, 16, 13], 0), shape, spacingMm };
    assertSameValues(await scoresOf(pair, surface), slowVoxelMetrics(pair, 1));
  });

  it("stay what they are when axes are swapped and turned round", () =>
    fc.assert(
      fc.asyncProperty(maskPairs(), async (pair) => {
        // The tables of surface elements are not the same along every axis; contours are.
        const isSlice = pair.shape.includes(1);
        const kept = Object.entries(await scoresOf(pair, surface)).filter(
          ([key]) => isSlice || !key.startsWith("area"),
        );
        for (const other of [
          turned(pair, [1, 2, 0], [false, false, false]),
          turned(pair, [0, 2, 1], [true, false, true]),
        ])
          if (other.shape.filter((side) => side === 1).length < 2)
            assertSameValues(await scoresOf(other, surface), Object.fromEntries(kept));
      }),
    ));

  it("grow with the spacing, are the same either way round, and HD >= HD95, ASSD; a wider tolerance covers more", () =>
    fc.assert(
      fc.asyncProperty(maskPairs(), async (pair) => {
        const values = await scoresOf(pair, surface);
        const doubled = await scoresOf(
          { ...pair, spacingMm: pair.spacingMm.map((side) => 2 * side) as unknown as Triple },
          { ...surface, toleranceMm: () => 2 },
        );
        const { nsd, "area-nsd": areaNsd, ...distances } = values;
        assertSameValues(doubled, distances, 2);
        assertSameValues(doubled, { nsd, "area-nsd": areaNsd });
        const swapped = { ...pair, prediction: pair.reference, reference: pair.prediction };
        const back = await scoresOf(swapped, surface);
        const both = (metric: string) => [metric.replace("from-prediction", "from-reference"), values[metric]] as const;
        const oneWay = Object.keys(values).filter((metric) => !metric.endsWith("from-reference"));
        assertSameValues(back, Object.fromEntries(oneWay.map(both)));
        if (Number.isNaN(values.hd)) return;
        assert.ok(values.hd >= values.hd95 && values.hd >= values.assd && values.hd95 >= 0);
        assert.ok(values.hd >= values["hd95-pooled"] && values["area-hd"] >= values["area-hd95"]);
        const wider = await scoresOf(pair, { ...surface, toleranceMm: () => 2 });
        assert.ok(wider.nsd >= values.nsd && wider["area-nsd"] >= values["area-nsd"]);
      }),
    ));

  it("do not depend on where in the grid the masks lie, nor on what is around them", () =>
    fc.assert(
      fc.asyncProperty(maskPairs(), async (pair) => {
        // Along an axis of one voxel there is no room to move without changing what is measured.
        if (pair.shape.includes(1)) return;
        assertSameValues(await scoresOf(movedInto([11, 12, 13], pair), surface), await scoresOf(pair, surface));
      }),
    ));

  it("count a distance that only single precision puts beyond the tolerance as within it", async () => {
    const pair = masksAt([1, 1, 5], [[0, 0, 1]], [[0, 0, 2]]);
    const scores = (mm: number) => scoresOf({ ...pair, spacingMm: [1, 1, mm] }, surface);
    assert.equal((await scores(1.0000001)).nsd, 1);
    assert.equal((await scores(1.00001)).nsd, 0);
  });
});

/** The pair with [1, 2, 3] empty voxels before it in a larger grid. */
function movedInto(shape: Triple, pair: DrawnPair): DrawnPair {
  const moved = (mask: ArrayLike<number>) => {
    const output = new Uint8Array(voxelCountOf(shape));
    const [depth, height, width] = pair.shape;
    for (let d = 0, i = 0; d < depth; d++)
      for (let h = 0; h < height; h++)
        for (let w = 0; w < width; w++, i++) output[((d + 1) * shape[1] + h + 2) * shape[2] + w + 3] = mask[i];
    return output;
  };
  return { ...pair, prediction: moved(pair.prediction), reference: moved(pair.reference), shape };
}
