import type { Triple } from "../../volume/affine.ts";

/**
 * Triangles of the surface in a cell of 2 x 2 x 2 voxels, for each way its voxels can be inside (1 to 127; the
 * complement has the same): the normal of each, |x| |y| |z| in eighths, its length the triangle's area in unit voxels.
 *
 * Source: `surface-distance` of Google DeepMind (Apache-2.0), marching cubes
 */
const TRIANGLES = `
111 111 220220 111 202202 111111 400222111 111 111111 202202 400222111 220220 400222111 400222111 400400 111 022022
111111 040222111 111111 004222111 111111111 111222222111 111111 022022111 202202111 111333022202 111220220
333022111220 400111222111 400111222 111 111111 022022 040111222 111111 111202202 022022111 333022111202 111111
111111111 004222111 222222111111 111220220 400222111111 022333111220 400222111 220220 040222111 040111222 040040
220220111 111333202220 111040222111 040222111 111220220 040222111111 333220111202 040222111 220220220220 220220111
111220220 220220 111 111111 111111 111220220 022022 004222111 022022111 333022111220 111111 111111111 111202202
400222111111 040222111 222222111111 202333022111 400222111 202202 004222111 111202202 202333220111 004222111 004004
111111222004 111222004 202202111 004222111111 202202202202 111202202 202333220111 004222111 111202202 202202 111111
111111111 111022022 040111222111 022022111 004222111111 022022022022 022022111 111111111 111111111111 004222111111
111111111 040222111111 111111111 022022111 111111 400222111 222111222111 333022111202 040222111 333220022111
111222004 111022022 022022 400222111111 111111111 202202111 111111 220220111 111111 111111 111`;

/** How many ways the eight voxels of a cell can be inside. */
const CELL_CODES = 256;

/**
 * Area of the surface in a cell, for each code of its voxels: 128 for the one at index [x, y, z], half as much for each
 * step in z, a quarter in y, a sixteenth in x.
 *
 * Units:  mm²
 */
export function surfaceAreas([depthMm, heightMm, widthMm]: Triple): Float64Array {
  const areas = new Float64Array(CELL_CODES);
  const faces = [heightMm * depthMm, widthMm * depthMm, widthMm * heightMm];
  for (const [n, digits] of TRIANGLES.trim().split(/\s+/).entries()) {
    let area = 0;
    for (let i = 0; i < digits.length; i += 3)
      area += Math.hypot(...faces.map((face, axis) => (Number(digits[i + axis]) / 8) * face));
    areas[n + 1] = area;
    areas[CELL_CODES - 2 - n] = area;
  }
  return areas;
}

/**
 * Length of the contour in a cell of one slice, for each code that the same slice twice would have.
 *
 * Units:  mm
 * Source: `surface-distance` of Google DeepMind
 */
export function contourLengths([, heightMm, widthMm]: Triple): Float64Array {
  const corner = Math.hypot(widthMm, heightMm) / 2;
  const lengths = new Float64Array(CELL_CODES);
  for (let inside = 1; inside < 15; inside++) {
    const [here, below, right, across] = [8, 4, 2, 1].map((bit) => (inside & bit) !== 0);
    const count = [here, below, right, across].filter((each) => each).length;
    const code = (here ? 0xc0 : 0) | (below ? 0x30 : 0) | (right ? 0x0c : 0) | (across ? 0x03 : 0);
    if (count !== 2) lengths[code] = corner;
    else if (here === below) lengths[code] = heightMm;
    else if (here === right) lengths[code] = widthMm;
    else lengths[code] = 2 * corner;
  }
  return lengths;
}
