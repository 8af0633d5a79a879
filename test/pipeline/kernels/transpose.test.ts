import { strict as assert } from "node:assert";
import fc from "fast-check";
import { transposed } from "../../../pipeline/kernels/transpose.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import type { AxisMoves } from "../../../pipeline/volume/orientation.ts";

const orders: readonly Triple[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];
const allMoves: readonly AxisMoves[] = orders.flatMap((sourceAxis) =>
  Array.from({ length: 8 }, (_, n) => ({ sourceAxis, flipped: [n % 2 === 1, n % 4 > 1, n > 3] as const })),
);

describe("transposed", () => {
  it("turns the rows of [1, 2, 3] into columns: 1 2 3 / 4 5 6 becomes 1 4 / 2 5 / 3 6", () => {
    const moves = { sourceAxis: [0, 2, 1], flipped: [false, false, false] } as const;
    assert.deepEqual(
      [...transposed(Uint8Array.of(1, 2, 3, 4, 5, 6), { shape: [1, 2, 3], ...moves })],
      [1, 4, 2, 5, 3, 6],
    );
  });

  it("does what the slow way does, for all 48 moves, on sides below, at and above the tiles of 32", () => {
    const side = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(31, 32, 33));
    fc.assert(
      fc.property(fc.tuple(side, side, side), fc.constantFrom(...allMoves), (shape: Triple, moves) => {
        const data = Uint16Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => i);
        assert.deepEqual(transposed(data, { shape, ...moves }), slowlyTransposed(data, shape, moves));
      }),
      { numRuns: 150 },
    );
  });

  it("reads a part of a longer buffer from where the part begins", () => {
    const part = Float32Array.of(9, 9, 1, 2, 3, 9).subarray(2, 5);
    const moves = { sourceAxis: [2, 1, 0], flipped: [true, false, false] } as const;
    assert.deepEqual([...transposed(part, { shape: [1, 1, 3], ...moves })], [3, 2, 1]);
  });
});

function slowlyTransposed(data: Uint16Array, shape: Triple, { sourceAxis, flipped }: AxisMoves): Uint16Array {
  const [depth, height, width] = sourceAxis.map((axis) => shape[axis]);
  return Uint16Array.from({ length: data.length }, (_, i) => {
    const index = [Math.floor(i / (height * width)) % depth, Math.floor(i / width) % height, i % width];
    const at = [0, 0, 0];
    for (const [axis, from] of sourceAxis.entries())
      at[from] = flipped[axis] ? shape[from] - 1 - index[axis] : index[axis];
    return data[(at[0] * shape[1] + at[1]) * shape[2] + at[2]];
  });
}
