import type { Triple } from "../volume/affine.ts";

/**
 * Euler characteristic of the solid that the closed cubes of a mask's voxels make up: voxels that share a corner touch.
 *
 * Shape:  mask [D, H, W], anything but 0 is inside
 * Empty:  0
 * Cost:   O(voxels)
 * Source: vertices - edges + faces - cubes; Kong and Rosenfeld 1989, doi:10.1016/0734-189X(89)90147-3
 */
export function eulerCharacteristic(mask: Uint8Array, [depth, height, width]: Triple): number {
  const row = width + 2;
  const plane = (height + 2) * row;
  const padded = new Uint8Array((depth + 2) * plane);
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++, i++) if (mask[i] !== 0) padded[(d + 1) * plane + (h + 1) * row + w + 1] = 1;
  let sum = 0;
  // Each cell is counted at its greatest voxel: the cube there, and the faces, edges and the corner towards lower indices.
  for (let d = 1; d < depth + 2; d++)
    for (let h = 1; h < height + 2; h++)
      for (let w = 1, i = d * plane + h * row + 1; w < width + 2; w++, i++) {
        const own = padded[i];
        const [x, y, z] = [padded[i - 1], padded[i - row], padded[i - plane]];
        const [xy, xz, yz] = [padded[i - 1 - row], padded[i - 1 - plane], padded[i - row - plane]];
        const alongX = own | y | z | yz;
        const alongY = own | x | z | xz;
        const alongZ = own | x | y | xy;
        const corner = alongX | x | xy | xz | padded[i - 1 - row - plane];
        sum += corner - alongX - alongY - alongZ + (own | x) + (own | y) + (own | z) - own;
      }
  return sum;
}
