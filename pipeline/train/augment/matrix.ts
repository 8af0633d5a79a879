import type { Triple } from "../../volume/affine.ts";

/** Three rows of three over [D, H, W]: an offset from the patch's centre to the one that it is sampled at. */
export type Matrix3 = readonly [Triple, Triple, Triple];

/** Turns by angles in radians around the axes D, H and W, the last first. */
export function rotationMatrix([aroundD, aroundH, aroundW]: Triple): Matrix3 {
  return product(product(aroundAxis(0, aroundD), aroundAxis(1, aroundH)), aroundAxis(2, aroundW));
}

/** Stretches along each axis. */
export function scalingMatrix([d, h, w]: Triple): Matrix3 {
  return [
    [d, 0, 0],
    [0, h, 0],
    [0, 0, w],
  ];
}

/** The matrix that applies `second`, then `first`. */
export function product(first: Matrix3, second: Matrix3): Matrix3 {
  return mapTriple((row) => mapTriple((column) => sumOver((k) => first[row][k] * second[k][column])));
}

function aroundAxis(axis: number, angle: number): Matrix3 {
  const [from, to] = [(axis + 1) % 3, (axis + 2) % 3];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const entry = (row: number, column: number) => {
    if (row === from && column === to) return -sin;
    if (row === to && column === from) return sin;
    if (row !== column) return 0;
    return row === axis ? 1 : cos;
  };
  return mapTriple((row) => mapTriple((column) => entry(row, column)));
}

/** A triple made axis by axis. */
export function mapTriple<T>(of: (axis: number) => T): [T, T, T] {
  return [of(0), of(1), of(2)];
}

function sumOver(term: (k: number) => number): number {
  return term(0) + term(1) + term(2);
}
