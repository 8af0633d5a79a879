import { Type } from "@sinclair/typebox";
import { record, textUpTo } from "../../bundle/schema-parts.ts";
import type { Triple } from "../../volume/affine.ts";
import { shapeOfBox } from "../../volume/box.ts";
import { mapTriple } from "./matrix.ts";
import type { Block } from "./patch.ts";
import { FEATHER, type Structure } from "./structure.ts";
import { type Complete, type PasteTransform, probability } from "./transform.ts";

export const copyPasteSchema = record(
  {
    kind: Type.Literal("copy-paste"),
    probability,
    classes: Type.Optional(
      Type.Union([Type.Array(textUpTo(64, "Name."), { minItems: 1, uniqueItems: true }), Type.Null()], {
        description: "Names of what is pasted; null for every class that at most half of the cases hold.",
      }),
    ),
  },
  "Paste a structure of another case at the same relative place, into what surrounded it there.",
);

/** Settings with every default filled in. */
export type CopyPasteSettings = Complete<typeof copyPasteSchema>;

/**
 * Puts a connected structure of another case into this one, and the patch about it.
 *
 * Source: Ghiasi 2021, arXiv:2012.07177; here at its own place, on its own surroundings only, with a soft edge
 */
export const copyPaste: PasteTransform<CopyPasteSettings> = {
  role: "paste",
  defaults: { kind: "copy-paste", probability: 0.25, classes: null },
};

/** Least share of a structure that must land on what surrounded it; with less, a stump would be learnt. */
const LEAST_FIT = 0.5;

/**
 * Pastes a structure, moved by `offset` voxels, where the block has the class that surrounded it. Its image is shaded off
 * over the edge, and as much brighter or darker as the surroundings are.
 *
 * Empty:  nothing is changed where less than half of the structure lands on such voxels
 */
export function pasteInto(
  block: Block,
  { structure, offset }: { readonly structure: Structure; readonly offset: Triple },
): void {
  const { distance, classId } = structure;
  const targets = targetsIn(block, structure, offset);
  if (fitOf(structure, targets) < LEAST_FIT) return;
  const [voxels, theirVoxels] = [block.labels.length, distance.length];
  for (let first = 0, theirs = 0; first < block.image.length; first += voxels, theirs += theirVoxels) {
    const own = block.image.subarray(first, first + voxels);
    blendInto(own, structure.block.image.subarray(theirs, theirs + theirVoxels), { structure, targets });
  }
  for (let i = 0; i < targets.length; i++) if (targets[i] >= 0 && distance[i] === 0) block.labels[targets[i]] = classId;
}

/** For each voxel near the structure where it lands in the block, by flat index; -1 outside and on other classes. */
function targetsIn({ box, labels }: Block, { block, hostId, distance }: Structure, offset: Triple): Int32Array {
  const [depth, height, width] = shapeOfBox(box);
  const [, theirHeight, theirWidth] = shapeOfBox(block.box);
  const [d0, h0, w0] = mapTriple((axis) => block.box.start[axis] + offset[axis] - box.start[axis]);
  return Int32Array.from(distance, (steps, i) => {
    if (steps > FEATHER) return -1;
    const d = d0 + Math.floor(i / (theirHeight * theirWidth));
    const h = h0 + (Math.floor(i / theirWidth) % theirHeight);
    const w = w0 + (i % theirWidth);
    if (d < 0 || h < 0 || w < 0 || d >= depth || h >= height || w >= width) return -1;
    const target = (d * height + h) * width + w;
    return labels[target] === hostId ? target : -1;
  });
}

function fitOf({ distance }: Structure, targets: Int32Array): number {
  let [inside, landed] = [0, 0];
  for (let i = 0; i < distance.length; i++) {
    if (distance[i] > 0) continue;
    inside++;
    if (targets[i] >= 0) landed++;
  }
  return landed / inside;
}

interface Landing {
  readonly structure: Structure;
  readonly targets: Int32Array;
}

function blendInto(own: Float32Array, theirs: Float32Array, { structure, targets }: Landing): void {
  const { distance, hostId, block } = structure;
  let [ownSum, theirSum, count] = [0, 0, 0];
  for (let i = 0; i < targets.length; i++) {
    if (targets[i] < 0 || distance[i] === 0 || block.labels[i] !== hostId) continue;
    ownSum += own[targets[i]];
    theirSum += theirs[i];
    count++;
  }
  const brighter = count === 0 ? 0 : (ownSum - theirSum) / count;
  for (let i = 0; i < targets.length; i++) {
    if (targets[i] < 0) continue;
    const weight = 1 - distance[i] / (FEATHER + 1);
    own[targets[i]] += weight * (theirs[i] + brighter - own[targets[i]]);
  }
}
