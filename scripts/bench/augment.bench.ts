import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bendInto } from "../../pipeline/train/augment/gamma.ts";
import { blurInto } from "../../pipeline/train/augment/gaussian-blur.ts";
import { gaussianNoise } from "../../pipeline/train/augment/gaussian-noise.ts";
import { coarsenInto } from "../../pipeline/train/augment/low-resolution.ts";
import { product, rotationMatrix, scalingMatrix } from "../../pipeline/train/augment/matrix.ts";
import type { Block, Patch } from "../../pipeline/train/augment/patch.ts";
import { openPreparedCase, writePreparedCase } from "../../pipeline/train/prepare/prepared-case-file.ts";
import { voxelsByClass } from "../../pipeline/train/prepare/voxels-by-class.ts";
import { cutInto } from "../../pipeline/train/sampling/cut-patch.ts";
import { type BatchRecipe, batchMaker } from "../../pipeline/train/sampling/make-batch.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { wholeBox } from "../../pipeline/volume/box.ts";
import { randomFrom } from "../../pipeline/volume/random.ts";
import { voxelCountOf } from "../../pipeline/volume/volume.ts";
import { peerTimings, printLine, type Timing, timed } from "./support.ts";

const RUNS = 20;

/** Ratio of a whole patch to the peer's that no change may fall below; 1 less what a busy machine makes of equal times. */
const FLOOR = 0.8;

/** How often nnU-Net does what peers/augment.py does too; half of the patches that are blurred or coarsened, per channel. */
const chances = { turn: 1 - 0.8 * 0.8, blur: 0.1, gamma: 0.4, "low resolution": 0.125, noise: 0.1 } as const;
type Kind = keyof typeof chances;

/** A patch of the hippocampus and one of a clinical CT. */
const shapes: readonly Triple[] = [
  [40, 56, 40],
  [128, 128, 128],
];

const actions: Readonly<Record<Kind, (patch: Patch) => void>> = {
  turn: (patch) => cutInto(patch, blocks.get(patch.shape), { start: [0, 0, 0], matrix: turn, outside: 0 }),
  blur: ({ image, shape }) => blurInto(image, { shape, deviations: [0.8, 0.8, 0.8] }),
  gamma: ({ image }) => bendInto(image, { exponent: 1.3, sign: 1 }),
  "low resolution": ({ image, shape }) => coarsenInto(image, shape, [0.6, 0.6, 0.6]),
  noise: (patch) => gaussianNoise.applyInto(patch, gaussianNoise.defaults, drawing),
};
const angle = Math.PI / 9;
const turn = product(rotationMatrix([angle, angle, angle]), scalingMatrix([1.2, 1.2, 1.2]));
const blocks = new Map(shapes.map((shape) => [shape, blockOf(patchOf(shape))]));
const drawing = { random: randomFrom(1), shape: shapes[0], mirrorAxes: [] };

const peersOf = await peerTimings("augment.py", [String(RUNS), JSON.stringify(shapes)]);
for (const shape of shapes) {
  const size = shape.join("x");
  const times = new Map<Kind, Timing>();
  for (const kind of Object.keys(actions) as Kind[]) {
    const patch = patchOf(shape);
    const ours = await timed(() => actions[kind](patch), { warmUps: 5, runs: RUNS });
    times.set(kind, ours);
    const megaPerSecond = voxelCountOf(shape) / 1000 / ours.medianMs;
    printLine({ bench: "augment", case: `${kind} ${size}`, ours, peers: peersOf(`${kind} ${size}`), megaPerSecond });
  }
  const ours = expected((kind) => times.get(kind));
  const peerNames = Object.keys(peersOf(`turn ${size}`));
  const peers = peerNames.map((peer) => [peer, expected((kind) => peersOf(`${kind} ${size}`)[peer])]);
  printLine({ bench: "augment", case: `a patch ${size}`, ours, peers: Object.fromEntries(peers), floor: FLOOR });
  const batches = await timed(await makeBatches(shape), { warmUps: 5, runs: RUNS });
  printLine({ bench: "augment", case: `batch of 4 from disk ${size}`, ours: batches, peers: {} });
}

/** What a patch costs on average: the sum of all times, each as often as it is drawn. */
function expected(timeOf: (kind: Kind) => Timing | undefined): Timing {
  const sum = (of: (time: Timing) => number) =>
    (Object.keys(chances) as Kind[]).reduce((total, kind) => {
      const time = timeOf(kind);
      return total + (time === undefined ? 0 : chances[kind] * of(time));
    }, 0);
  return { medianMs: sum(({ medianMs }) => medianMs), spreadMs: sum(({ spreadMs }) => spreadMs), runs: RUNS };
}

/** Makes the batch of the next step from one case on disk. */
async function makeBatches(shape: Triple): Promise<() => unknown> {
  const { image, labels } = patchOf(shape);
  const folder = await mkdtemp(join(tmpdir(), "rarevox-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const ids = Uint8Array.from(labels);
  await writePreparedCase(folder, { id: "one", shape, image, labels: ids, voxelsByClass: voxelsByClass(ids) });
  const channels = [{ name: "T1", normalisation: { kind: "none" as const } }];
  const classes = [1, 2].map((id) => ({ id, name: `class ${id}` }));
  const recipe: BatchRecipe = {
    cases: [{ id: "one", folder, classIds: [1, 2] }],
    plan: { patch: shape, batch: 4, input: { channels }, mirrorAxes: [0, 1, 2], spacingMm: [1, 1, 1], classes },
    sampling: { kind: "foreground" },
    augmentation: { preset: "nnunet" },
    seed: 1,
  };
  const { make } = batchMaker(recipe, openPreparedCase);
  let step = 0;
  return () => make(step++);
}

function blockOf({ image, labels, shape }: Patch): Block {
  return { box: wholeBox(shape), image, labels: Uint8Array.from(labels) };
}

/** Waves, and three classes in blocks. */
function patchOf(shape: Triple): Patch {
  const length = voxelCountOf(shape);
  const image = Float32Array.from({ length }, (_, i) => Math.sin(0.01 * i) + Math.cos(0.3 * i));
  return { image, labels: Float32Array.from({ length }, (_, i) => Math.floor(i / 20) % 3), shape };
}
