import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeNifti } from "../../pipeline/io/nifti/write-nifti.ts";
import { closeParsingPool } from "../../pipeline/io/parsing-pool.ts";
import { readScan } from "../../pipeline/io/read-scan.ts";
import { indexToLpsOf, type Triple } from "../../pipeline/volume/affine.ts";
import { randomFrom } from "../../pipeline/volume/random.ts";
import type { Scan } from "../../pipeline/volume/scan.ts";
import { type VoxelArray, volumeOf, voxelCountOf } from "../../pipeline/volume/volume.ts";
import { peerTimings, printLine, timed } from "./support.ts";

// Ours reads as a user does: in a child process, with the checks of every voxel and the SHA-256 of the file, and writes
// whole or not at all: flushed, read back and inflated again. The peers do none of this.

const RUNS = 5;

interface Case {
  readonly name: string;
  readonly shape: Triple;
  readonly isLabelMap: boolean;
}

const cases: readonly Case[] = [
  { name: "CT", shape: [200, 512, 512], isLabelMap: false },
  { name: "CT labels", shape: [200, 512, 512], isLabelMap: true },
  { name: "hippocampus", shape: [35, 51, 41], isLabelMap: false },
];

const folder = mkdtempSync(join(tmpdir(), "rarevox-bench-"));
try {
  for (const one of cases) await bench(one);
} finally {
  closeParsingPool();
  rmSync(folder, { recursive: true });
}

async function bench({ name, shape, isLabelMap }: Case): Promise<void> {
  const scan = scanOf(shape, isLabelMap);
  const path = join(folder, "ours.nii.gz");
  const writing = await timed(() => writeNifti(scan, path), { runs: RUNS });
  const reading = await timed(() => readScan(path), { runs: RUNS });
  const peersOf = await peerTimings("nifti.py", [String(RUNS), path, folder]);
  const megaPerSecond = (ms: number) => voxelCountOf(shape) / 1000 / ms;
  const size = `${Math.round(statSync(path).size / 1000)} kB`;
  for (const [verb, ours] of [
    ["write", writing],
    ["read", reading],
  ] as const)
    printLine({
      bench: "nifti",
      case: `${verb} ${name}, ${size}`,
      ours,
      peers: peersOf(verb),
      megaPerSecond: megaPerSecond(ours.medianMs),
    });
}

function scanOf(shape: Triple, isLabelMap: boolean): Scan {
  const indexToLps = indexToLpsOf([0, 0, 0.75, -192, 0, 0.75, 0, -192, 2, 0, 0, -200, 0, 0, 0, 1], "bench");
  const data = isLabelMap ? blocks(shape) : noisyWaves(shape);
  const scan: Scan = {
    format: "bench",
    channels: [volumeOf(data, { shape, indexToLps })],
    modality: "CT",
    warnings: [],
    inputs: [],
  };
  return isLabelMap ? { ...scan, classes: [{ id: 1, name: "organ", colorRgb: [255, 0, 0] }] } : scan;
}

/** Smooth tissue under the noise of a CT, some 20 HU, so that it deflates like one. */
function noisyWaves([depth, height, width]: Triple): VoxelArray {
  const random = randomFrom("nifti bench");
  const noise = Int16Array.from({ length: 2 ** 16 }, () => Math.round(40 * (random.uniform() + random.uniform() - 1)));
  const data = new Int16Array(depth * height * width);
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++, i++)
        data[i] = 300 * Math.sin(0.05 * d) * Math.cos(0.03 * h) + w + noise[(i * 40_503) & 0xffff];
  return data;
}

function blocks([depth, height, width]: Triple): VoxelArray {
  const data = new Uint8Array(depth * height * width);
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++, i++)
        data[i] = ((d / 20) | 0) % 2 === 0 && Math.hypot(h - 256, w - 256) < 150 + d / 4 ? 1 + (((w / 90) | 0) % 5) : 0;
  return data;
}
