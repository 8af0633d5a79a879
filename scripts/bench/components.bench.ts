import { componentIndicesOf } from "../../pipeline/kernels/components.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { voxelCountOf } from "../../pipeline/volume/volume.ts";
import { peerTimings, printLine, timed } from "./support.ts";

interface Case {
  readonly name: string;
  readonly shape: Triple;
  /** 1 for voxels that touch at a face, 3 for those that touch at a corner. */
  readonly rank: 1 | 3;
  readonly runs: number;
}

/** Ratio that no change may fall below; 1 less what a busy machine makes of two equal times. */
const FLOOR = 0.8;

/** A network's patch and a clinical CT's field. */
const cases: readonly Case[] = [
  { name: "patch, faces", shape: [48, 64, 40], rank: 1, runs: 100 },
  { name: "CT, faces", shape: [100, 512, 512], rank: 1, runs: 5 },
  { name: "CT, corners", shape: [100, 512, 512], rank: 3, runs: 5 },
];

const peersOf = await peerTimings("components.py", [JSON.stringify(cases)]);
for (const { name, shape, rank, runs } of cases) {
  const labels = { data: balls(shape), shape };
  const connectivity = rank === 1 ? 6 : 26;
  const ours = await timed(() => componentIndicesOf(labels, { connectivity }), { warmUps: runs, runs });
  const megaPerSecond = voxelCountOf(shape) / 1000 / ours.medianMs;
  printLine({ bench: "components", case: name, ours, peers: peersOf(name), megaPerSecond, floor: FLOOR });
}

/** Balls that meet at some of their sides; the same field as in peers/components.py. */
function balls([depth, height, width]: Triple): Uint8Array {
  const data = new Uint8Array(depth * height * width);
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++)
        data[i++] = Math.cos(0.2 * d) + Math.cos(0.13 * h) + Math.cos(0.17 * w) > 0.9 ? 1 : 0;
  return data;
}
