import { strict as assert } from "node:assert";

/** Fails unless two numbers are within `abs`, or within `rel` of the expected one. NaN equals nothing. */
export function assertClose(
  actual: number,
  expected: number,
  { abs = 0, rel = 0 }: { readonly abs?: number; readonly rel?: number },
): void {
  const tolerance = Math.max(abs, rel * Math.abs(expected));
  assert.ok(Math.abs(actual - expected) <= tolerance, `expected ${expected} within ${tolerance}, got ${actual}`);
}

/** Fails unless two sequences have equal length and close members. */
export function assertAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: { readonly abs?: number; readonly rel?: number },
): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) assertClose(actual[i], expected[i], tolerance);
}
