import { resampleToGrid, resampleToShape } from "../../pipeline/kernels/resample.ts";
import { resampleLabelsToShape } from "../../pipeline/kernels/resample-labels.ts";
import { indexToLpsFromSteps, type Triple } from "../../pipeline/volume/affine.ts";
import { type Grid, type Volume, type VoxelArray, volumeOf, voxelCountOf } from "../../pipeline/volume/volume.ts";
import { peerTimings, printLine, timed } from "./support.ts";

interface Case {
  readonly name: string;
  /** `ct` is 16-bit signed, `image` 32-bit float, `labels` 8-bit with five classes. */
  readonly kind: "ct" | "image" | "labels";
  readonly shape: Triple;
  readonly target: Triple;
  readonly interpolation: "nearest" | "linear" | "cubic";
  /** Turns the target in plane. */
  readonly tiltDegrees?: number;
  /** More runs than usual where one is over in a blink. */
  readonly runs?: number;
}

const RUNS = 3;

/** Ratio to each peer that no change may fall below; 1 less what a busy machine makes of two equal times. */
const FLOOR = 0.8;

/** A CT from 0.75 x 0.75 x 2 mm to 1.5 mm and back, a small patch, and a tilted grid. */
const cases: readonly Case[] = [
  { name: "CT down, linear", kind: "ct", shape: [100, 512, 512], target: [133, 256, 256], interpolation: "linear" },
  { name: "CT down, cubic", kind: "ct", shape: [100, 512, 512], target: [133, 256, 256], interpolation: "cubic" },
  {
    name: "scores up, linear",
    kind: "image",
    shape: [66, 256, 256],
    target: [50, 512, 512],
    interpolation: "linear",
  },
  {
    name: "labels up, linear",
    kind: "labels",
    shape: [66, 256, 256],
    target: [50, 512, 512],
    interpolation: "linear",
  },
  {
    name: "labels up, nearest",
    kind: "labels",
    shape: [66, 256, 256],
    target: [50, 512, 512],
    interpolation: "nearest",
  },
  {
    name: "patch, linear",
    kind: "image",
    shape: [35, 51, 41],
    target: [48, 64, 40],
    interpolation: "linear",
    runs: 50,
  },
  { name: "patch, cubic", kind: "image", shape: [35, 51, 41], target: [48, 64, 40], interpolation: "cubic", runs: 50 },
  {
    name: "tilted, linear",
    kind: "ct",
    shape: [50, 512, 512],
    target: [50, 512, 512],
    interpolation: "linear",
    tiltDegrees: 10,
  },
  {
    name: "tilted, cubic",
    kind: "ct",
    shape: [50, 256, 256],
    target: [50, 256, 256],
    interpolation: "cubic",
    tiltDegrees: 10,
  },
];

const peersOf = await peerTimings("resample.py", [String(RUNS), JSON.stringify(cases)]);
for (const one of cases) {
  const runs = one.runs ?? RUNS;
  const ours = await timed(actionOf(one), { warmUps: runs, runs });
  const megaPerSecond = voxelCountOf(one.target) / 1000 / ours.medianMs;
  printLine({ bench: "resample", case: one.name, ours, peers: peersOf(one.name), megaPerSecond, floor: FLOOR });
}

function actionOf({ kind, shape, target, interpolation, tiltDegrees }: Case): () => Promise<unknown> {
  const grid: Grid = { shape, indexToLps: gridAt(0, [1, 1, 1]) };
  const length = voxelCountOf(shape);
  if (kind === "labels") {
    const labels = volumeOf(filled(new Uint8Array(length), shape, blocks), grid);
    return () =>
      resampleLabelsToShape(labels, target, { interpolation: interpolation === "cubic" ? "linear" : interpolation });
  }
  const data = kind === "ct" ? new Int16Array(length) : new Float32Array(length);
  const volume: Volume = volumeOf(filled(data, shape, waves), grid);
  if (tiltDegrees === undefined) return () => resampleToShape(volume, target, { interpolation });
  const steps = shape.map((side, axis) => side / target[axis]) as unknown as Triple;
  return () => resampleToGrid(volume, { shape: target, indexToLps: gridAt(tiltDegrees, steps) }, { interpolation });
}

/** The same fields as in peers/resample.py. */
function waves(d: number, h: number, w: number): number {
  return 1000 * Math.sin(0.05 * d) * Math.cos(0.03 * h) + w;
}

function blocks(d: number, h: number, w: number): number {
  return (Math.floor(d / 20) + Math.floor(h / 40) + Math.floor(w / 40)) % 5;
}

function filled<T extends VoxelArray>(data: T, [depth, height, width]: Triple, value: typeof waves): T {
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++) for (let w = 0; w < width; w++) data[i++] = value(d, h, w);
  return data;
}

function gridAt(degrees: number, [d, h, w]: Triple) {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const steps = { d: [0, 0, d], h: [-sin * h, cos * h, 0], w: [cos * w, sin * w, 0] };
  return indexToLpsFromSteps(steps, { originXyz: [(w - 1) / 2, (h - 1) / 2, (d - 1) / 2], where: "bench" });
}
