/**
 * The sliding window against one that keeps the scores of all voxels: time without the network's, and peak memory.
 * Each way runs in a process of its own; the labels of both are compared. Linux only: it reads /proc.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { predictLabels, type RunPatches } from "../../pipeline/runtime/sliding-window.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { voxelCountOf } from "../../pipeline/volume/volume.ts";
import { fullLogitsLabels } from "./full-logits.ts";
import { peakGibOf } from "./process-tree.ts";
import { printLine, timingOf } from "./support.ts";

interface Case {
  readonly name: string;
  readonly shape: Triple;
  readonly patch: Triple;
  readonly classes: number;
  readonly runs: number;
  /** Ratio of time, the other's over ours, that no change may fall below. */
  readonly floor: number;
  /** The same of memory. */
  readonly memoryFloor: number;
}

const OVERLAP = 0.5;

/** Voxels at which both ways have to agree; the order of sums decides the rest, where two classes are equal. */
const AGREEMENT = 0.9999;

const cases: readonly Case[] = [
  {
    name: "patches of MR",
    shape: [48, 64, 56],
    patch: [32, 48, 40],
    classes: 3,
    runs: 20,
    floor: 0.6,
    memoryFloor: 1.2,
  },
  { name: "long CT", shape: [240, 192, 192], patch: [64, 64, 64], classes: 25, runs: 3, floor: 0.6, memoryFloor: 2 },
];
const ways = ["rarevox", "full logits"] as const;

interface Outcome {
  readonly timesMs: readonly number[];
  readonly peakGib: number;
}

const [way, caseName, labelsFile] = process.argv.slice(2);
if (way === undefined) for (const one of cases) compare(one);
else {
  const one = cases.find(({ name }) => name === caseName) as Case;
  const { labels, ...outcome } = await measure(one, way);
  writeFileSync(labelsFile, labels);
  process.stdout.write(JSON.stringify(outcome));
}

function compare(one: Case): void {
  const folder = mkdtempSync(join(tmpdir(), "rarevox-bench-"));
  try {
    const file = (each: string) => join(folder, each);
    const [ours, theirs] = ways.map((each) => outcomeOf(each, one.name, file(each)));
    const agreement = shareOfEqual(readFileSync(file(ways[0])), readFileSync(file(ways[1])));
    const memoryRatio = theirs.peakGib / ours.peakGib;
    const line = {
      bench: "sliding-window",
      case: one.name,
      ours: timingOf(ours.timesMs),
      peers: { "full logits": timingOf(theirs.timesMs) },
      floor: one.floor,
      oursGib: ours.peakGib,
      peerGib: theirs.peakGib,
      memoryRatio,
      agreement,
    };
    printLine(line);
    if (memoryRatio >= one.memoryFloor && agreement >= AGREEMENT) return;
    console.error(`sliding-window, ${one.name}: memory ratio ${memoryRatio}, equal labels ${agreement}`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function outcomeOf(...args: readonly string[]): Outcome {
  const self = fileURLToPath(import.meta.url);
  const { status, stdout } = spawnSync(process.execPath, [self, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) throw new Error(`${args[0]} ended with status ${status}`);
  return JSON.parse(String(stdout)) as Outcome;
}

async function measure({ shape, patch, classes, runs }: Case, way: string): Promise<Outcome & { labels: Uint8Array }> {
  const image = bands(shape);
  const timesMs: number[] = [];
  let labels = new Uint8Array();
  for (let n = -1; n < runs; n++) {
    const { run, spentMs } = bandNetwork(classes, patch);
    const start = performance.now();
    const found =
      way === "rarevox"
        ? await rarevoxLabels(image, { shape, patch, classes, run })
        : await fullLogitsLabels(image, { shape, patch, classes, overlap: OVERLAP, run });
    if (n >= 0) timesMs.push(performance.now() - start - spentMs());
    labels = Uint8Array.from(found);
  }
  return { timesMs, peakGib: peakGibOf(process.pid), labels };
}

async function rarevoxLabels(
  image: Float32Array,
  { shape, patch, classes, run }: Pick<Case, "shape" | "patch" | "classes"> & { readonly run: RunPatches },
) {
  const classIds = Array.from({ length: classes }, (_, id) => id);
  const output = { kind: "logits", classIds } as const;
  const { labels } = await predictLabels(
    { where: "bench", inputChannels: 1, patch: { kind: "fixed", size: patch }, output },
    { image, shape, overlap: OVERLAP },
    { run, batchSize: 1, onProgress: () => undefined, signal: new AbortController().signal },
  );
  return labels;
}

/** Smooth, 0 to 1, so that classes lie in large connected bands as organs do. */
function bands([depth, height, width]: Triple): Float32Array {
  const image = new Float32Array(depth * height * width);
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++)
        image[i++] = 0.5 + (Math.sin(0.05 * d) + Math.cos(0.04 * h) + Math.sin(0.03 * w)) / 6;
  return image;
}

/** Prefers the class whose level is nearest; counts the time it takes. */
function bandNetwork(classes: number, patch: Triple): { run: RunPatches; spentMs: () => number } {
  const voxels = voxelCountOf(patch);
  const scores = new Float32Array(classes * voxels);
  let spent = 0;
  const run: RunPatches = async (input) => {
    const start = performance.now();
    for (let c = 0; c < classes; c++)
      for (let i = 0; i < voxels; i++) scores[c * voxels + i] = -Math.abs(input[i] * (classes - 1) - c);
    spent += performance.now() - start;
    return scores;
  };
  return { run, spentMs: () => spent };
}

function shareOfEqual(ours: Uint8Array, theirs: Uint8Array): number {
  return ours.filter((label, i) => label === theirs[i]).length / theirs.length;
}
