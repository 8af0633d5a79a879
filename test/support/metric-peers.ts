import { readFileSync } from "node:fs";
import type { Triple } from "../../pipeline/volume/affine.ts";
import type { DrawnPair } from "./scored-masks.ts";
import { repositoryRoot } from "./shared-data.ts";

/** An ellipsoid, turned inside out at so many of every 101 voxels. */
interface Recipe {
  readonly centre: Triple;
  readonly scale: Triple;
  readonly radius: number;
  readonly noise: number;
}

/** Two made-up masks, and what packages say of them. */
export interface PeerCase {
  readonly name: string;
  readonly pair: DrawnPair;
  /** Voxels of the prediction and of the reference. */
  readonly voxels: readonly [number, number];
  /** By package and metric; null where it fails or returns no number. */
  readonly packages: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
}

/** Surface Dice was asked for at this tolerance. */
export const PEER_TOLERANCE_MM = 1.6;

/** What `metric-peers.py` wrote beside it. */
export function peerCases(): readonly PeerCase[] {
  const text = readFileSync(new URL("test/support/metric-peers.json", repositoryRoot), "utf8");
  const cases = JSON.parse(text, (_, value) => (value === "infinite" ? Infinity : value));
  return Object.entries<Record<string, never>>(cases).map(([name, { shape, spacing, masks, voxels, packages }]) => {
    const [prediction, reference] = (masks as readonly Recipe[]).map((recipe) => maskOf(shape, recipe));
    return { name, pair: { prediction, reference, shape, spacingMm: spacing }, voxels, packages };
  });
}

function maskOf([depth, height, width]: Triple, { centre, scale, radius, noise }: Recipe): Uint8Array {
  const mask = new Uint8Array(depth * height * width);
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++, i++) {
        const square = [d, h, w].reduce((sum, at, axis) => sum + ((at - centre[axis]) * scale[axis]) ** 2, 0);
        const isIn = radius >= 0 && square <= radius * radius;
        mask[i] = isIn !== (i * 7919) % 101 < noise ? 1 : 0;
      }
  return mask;
}
