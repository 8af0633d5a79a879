import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { boxesOf, eachSharedStretch, runsOf } from "../../../pipeline/kernels/runs.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import type { LabelArray } from "../../../pipeline/volume/volume.ts";

const side = fc.integer({ min: 1, max: 5 });

/** Label maps with long and short runs; ids above 255, and memory that does not start at a word. */
const labelMaps = fc
  .tuple(
    fc.tuple(side, side, fc.integer({ min: 1, max: 40 })),
    fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 2, 257), fc.integer({ min: 1, max: 30 })), { minLength: 1 }),
    fc.constantFrom(Uint8Array, Uint16Array),
    fc.nat(3),
  )
  .map(([shape, stretches, kind, shift]) => {
    const values = stretches.flatMap(([id, length]) => new Array<number>(length).fill(id));
    const [d, h, w] = shape;
    const memory = new kind(d * h * w + shift);
    for (let i = 0; i < memory.length; i++) memory[i] = values[i % values.length];
    return { data: memory.subarray(shift) as LabelArray, shape: shape as Triple };
  });

/** [first, one past the last, id] of each run, from the definition. */
function slowRuns(data: LabelArray, width: number): readonly (readonly [number, number, number])[] {
  const runs: [number, number, number][] = [];
  for (const [i, id] of data.entries())
    if (i % width !== 0 && data[i - 1] === id) runs[runs.length - 1][1]++;
    else runs.push([i, i + 1, id]);
  return runs;
}

describe("runsOf", () => {
  it("finds stretches of equal ids within rows, with the background or without", () =>
    fc.assert(
      fc.property(labelMaps, ({ data, shape }) => {
        const expected = slowRuns(data, shape[2]);
        for (const background of ["include", "skip"] as const) {
          const { start, stop, rowFirst } = runsOf(data, shape, background);
          const kept = expected.filter(([, , id]) => background === "include" || id !== 0);
          assert.deepEqual(
            [...start],
            kept.map(([first]) => first),
          );
          assert.deepEqual(
            [...stop],
            kept.map(([, end]) => end),
          );
          const rowOf = (index: number) => Math.floor(index / shape[2]);
          for (let row = 0; row <= shape[0] * shape[1]; row++)
            assert.equal(rowFirst[row], kept.filter(([first]) => rowOf(first) < row).length);
        }
      }),
    ));
});

/** A few voxels in a field that is large enough to be looked at in pieces of many voxels. */
const sparseMaps = fc
  .tuple(
    fc.array(fc.tuple(fc.nat(29_999), fc.constantFrom(1, 128, 257)), { maxLength: 12 }),
    fc.constantFrom(Uint8Array, Uint16Array),
    fc.nat(3),
  )
  .map(([voxels, kind, shift]) => {
    const data = new kind(30_000 + shift).subarray(shift) as LabelArray;
    for (const [i, id] of voxels) data[i] = id;
    return data;
  });

describe("runsOf in a large field", () => {
  it("misses no voxel between long stretches of background", () =>
    fc.assert(
      fc.property(sparseMaps, (data) => {
        const { start, stop, rowFirst } = runsOf(data, [3, 100, 100], "skip");
        const expected = slowRuns(data, 100).filter(([, , id]) => id !== 0);
        assert.deepEqual(
          [...start],
          expected.map(([first]) => first),
        );
        assert.deepEqual(
          [...stop],
          expected.map(([, end]) => end),
        );
        assert.deepEqual([rowFirst[0], rowFirst[300]], [0, expected.length]);
      }),
    ));
});

describe("eachSharedStretch", () => {
  it("visits every voxel that both maps label, once, under its two runs", () =>
    fc.assert(
      fc.property(labelMaps, fc.integer({ min: 0, max: 9 }), ({ data, shape }, shift) => {
        const other = data.map((_, i) => data[(i + shift) % data.length]) as LabelArray;
        const [first, second] = [runsOf(data, shape, "skip"), runsOf(other, shape, "skip")];
        const counted = new Map<string, number>();
        eachSharedStretch(first, second, (run, against, voxels) => {
          const key = `${data[first.start[run]]} ${other[second.start[against]]}`;
          counted.set(key, (counted.get(key) ?? 0) + voxels);
        });
        const expected = new Map<string, number>();
        for (const [i, id] of data.entries()) {
          if (id === 0 || other[i] === 0) continue;
          expected.set(`${id} ${other[i]}`, (expected.get(`${id} ${other[i]}`) ?? 0) + 1);
        }
        assert.deepEqual([...counted].sort(), [...expected].sort());
      }),
    ));
});

describe("boxesOf", () => {
  it("puts a box around the runs of each group, and an empty one around none", () => {
    const data = Uint8Array.of(0, 1, 1, 0, 0, 2, 0, 1, 0, 0, 0, 0);
    const runs = runsOf(data, [2, 2, 3], "skip");
    const groupOf = Uint32Array.from(runs.start, (first) => data[first]);
    const [none, one, two] = boxesOf(runs, { groupOf, groups: 3, shape: [2, 2, 3] });
    assert.ok(none.start[0] >= none.stop[0]);
    assert.deepEqual(one, { start: [0, 0, 1], stop: [2, 1, 3] });
    assert.deepEqual(two, { start: [0, 1, 2], stop: [1, 2, 3] });
  });
});
