import type { BundleManifest } from "../bundle/manifest-schema.ts";
import type { Triple } from "../volume/affine.ts";
import { type Box, shapeOfBox } from "../volume/box.ts";
import { type LabelArray, voxelCountOf } from "../volume/volume.ts";
import type { CoarseLabels } from "./coarse-labels.ts";

/** What one entry found. */
export interface Claim {
  readonly box: Box;
  /** Of the box. */
  readonly labels: LabelArray;
  /** Of the labels; see `Prediction`. */
  readonly probabilities?: Uint16Array | undefined;
  /** Label values that the entry may write. */
  readonly ids: ReadonlySet<number>;
}

/** A label map under construction. */
export interface Claims {
  readonly labels: LabelArray;
  /** Gives the voxels that an entry found to it, unless an earlier one has a better claim. */
  readonly put: (claim: Claim) => void;
}

/** How claims are weighed. */
export interface ClaimsOptions {
  readonly shape: Triple;
  readonly manifest: BundleManifest;
  /** Decides between equal probabilities. */
  readonly coarse: CoarseLabels | undefined;
}

/** Whether a bundle's entries are weighed by what their networks find most probable. */
export function weighsProbabilities({ stages: { segment, conflicts } }: BundleManifest): boolean {
  return conflicts === "most-probable" && segment.length > 1;
}

/**
 * An empty label map for entries to claim, in the manifest's order.
 *
 * By default a later claim overrules an earlier one. Where probabilities are weighed the greater one has the voxel; of equal
 * ones that of the class which the coarse network names there, else the earlier.
 *
 * Cost:   two bytes per voxel more where probabilities are weighed
 */
export function claimsOn({ shape, manifest, coarse }: ClaimsOptions): Claims {
  const voxels = voxelCountOf(shape);
  const isWide = manifest.classes.some(({ id }) => id > 255);
  const labels = isWide ? new Uint16Array(voxels) : new Uint8Array(voxels);
  const best = weighsProbabilities(manifest) ? new Uint16Array(voxels) : undefined;
  const coarseIdAt = coarse === undefined ? () => 0 : coarseIdIn(coarse, shape);
  const put = ({ box, labels: part, probabilities, ids }: Claim) =>
    forEachVoxel(box, shape, (from, to) => {
      const id = part[from];
      if (id === 0 || !ids.has(id)) return;
      if (best !== undefined) {
        const probability = probabilities?.[from] ?? 0;
        const isTaken = labels[to] !== 0;
        if (isTaken && probability < best[to]) return;
        if (isTaken && probability === best[to] && coarseIdAt(to) !== id) return;
        best[to] = probability;
      }
      labels[to] = id;
    });
  return { labels, put };
}

/** Visits the voxels of a box: each one's index in the box and in the whole. */
function forEachVoxel(box: Box, [, height, width]: Triple, visit: (from: number, to: number) => void): void {
  const [depth, rows, columns] = shapeOfBox(box);
  let from = 0;
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < rows; h++) {
      const row = ((box.start[0] + d) * height + box.start[1] + h) * width + box.start[2];
      for (let w = 0; w < columns; w++) visit(from++, row + w);
    }
}

/** The coarse network's label at a voxel of the finer grid. */
function coarseIdIn({ data, shape: coarse }: CoarseLabels, [depth, height, width]: Triple): (index: number) => number {
  const along = (at: number, axis: number, side: number) => Math.floor(((at + 0.5) * coarse[axis]) / side);
  return (index) => {
    const d = along(Math.floor(index / (height * width)), 0, depth);
    const h = along(Math.floor(index / width) % height, 1, height);
    return data[(d * coarse[1] + h) * coarse[2] + along(index % width, 2, width)];
  };
}
