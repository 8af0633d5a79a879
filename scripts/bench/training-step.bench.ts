/** The same training steps of a 3-D U-Net here and in PyTorch: same weights, same batch, same threads. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { unet } from "../../models/architectures/unet.ts";
import { encodeModel } from "../../models/graph/encode.ts";
import { crossEntropy } from "../../models/losses/cross-entropy.ts";
import { objectiveOf } from "../../models/losses/objective.ts";
import { softDice } from "../../models/losses/soft-dice.ts";
import { adam } from "../../models/optimisers/adam.ts";
import { trainingStep } from "../../models/training-step.ts";
import { writeSafetensors } from "../../pipeline/bundle/safetensors.ts";
import { openTrainingSession } from "../../pipeline/runtime/training-session.ts";
import { tensorsOf } from "../../pipeline/train/checkpoint.ts";
import { initialCarried } from "../../pipeline/train/initial-weights.ts";
import { randomFrom } from "../../pipeline/volume/random.ts";
import { peakGibBelow } from "./process-tree.ts";
import { peerPython, printLine, timingOf } from "./support.ts";

const BATCH = 4;
const PATCH = [40, 56, 40];
const BASE = 16;
const LEVELS = 3;
const RUNS = 12;
const WARM_UPS = 2;
const LEARNING_RATE = 1e-3;
const threads = availableParallelism();
const imageShape = [BATCH, 1, ...PATCH];

const stages = Array.from({ length: LEVELS }, (_, level) => ({
  features: BASE * 2 ** level,
  kernel: [3, 3, 3],
  stride: level === 0 ? [1, 1, 1] : [2, 2, 2],
  blocks: 2,
}));
const step = trainingStep({
  network: unet({ stages, outputs: 3 }),
  imageShape,
  optimiser: adam(),
  objective: objectiveOf({
    terms: [
      { name: "cross_entropy", weight: 1, loss: crossEntropy() },
      { name: "dice", weight: 1, loss: softDice() },
    ],
    labelsOfChannels: [[0], [1], [2]],
    activation: "softmax",
  }),
});
const random = randomFrom("training-step");
const voxels = BATCH * PATCH[0] * PATCH[1] * PATCH[2];
const image = Float32Array.from({ length: voxels }, random.normal);
const labels = Float32Array.from({ length: voxels }, () => random.integer(0, 3));
const carried = initialCarried(step.carried, 1);

const folder = mkdtempSync(join(tmpdir(), "rarevox-bench-"));
try {
  const ours = await measureOurs();
  const peer = await measurePeer();
  printLine({
    bench: "training-step",
    case: `3-D U-Net, base ${BASE}, batch ${BATCH}, ${PATCH.join("x")}, Adam, CE + Dice`,
    ours: timingOf(ours.timesMs.slice(WARM_UPS)),
    peers: peer === undefined ? {} : { [peer.peer]: timingOf(peer.timesMs.slice(WARM_UPS)) },
  });
  if (peer !== undefined)
    console.log(
      JSON.stringify({
        bench: "training-step, memory and agreement",
        peakGib: ours.peakGib,
        peerPeakGib: peer.peakGib,
        memoryRatio: ours.peakGib / peer.peakGib,
        losses: ours.losses.slice(0, 3),
        peerLosses: peer.losses.slice(0, 3),
        largestLossDifference: Math.max(...ours.losses.map((loss, n) => Math.abs(loss - peer.losses[n]))),
      }),
    );
} finally {
  rmSync(folder, { recursive: true });
}

interface Measured {
  readonly timesMs: readonly number[];
  readonly losses: readonly number[];
  readonly peakGib: number;
}

async function measureOurs(): Promise<Measured> {
  const shape = { where: "benchmark", image: imageShape, labels: imageShape, ...step };
  const session = await openTrainingSession({ model: encodeModel(step.graph), shape, device: "cpu", threads });
  await session.write(carried);
  const timesMs: number[] = [];
  const losses: number[] = [];
  for (let n = 0; n < RUNS; n++) {
    const started = performance.now();
    const { loss } = await session.step({ image, labels, learningRate: LEARNING_RATE, step: n + 1 });
    timesMs.push(performance.now() - started);
    losses.push(loss);
  }
  const peakGib = peakGibBelow(process.pid);
  await session.close();
  return { timesMs, losses, peakGib };
}

async function measurePeer(): Promise<(Measured & { readonly peer: string }) | undefined> {
  const [weights, batch] = ["weights", "batch"].map((name) => join(folder, `${name}.safetensors`));
  const tensors = new Map(
    step.carried.flatMap((value) =>
      value.kind === "weights" ? [...tensorsOf(value, carried.get(value.name) ?? new Float32Array(0))] : [],
    ),
  );
  await writeSafetensors(weights, { tensors, metadata: new Map() });
  const given = { image: { shape: imageShape, data: image }, labels: { shape: imageShape, data: labels } };
  await writeSafetensors(batch, { tensors: new Map(Object.entries(given)), metadata: new Map() });
  const program = new URL("../../../scripts/bench/peers/training_step.py", import.meta.url).pathname;
  const options = { weights, batch, threads, runs: RUNS, levels: LEVELS, learningRate: LEARNING_RATE };
  if (!existsSync(peerPython)) return undefined;
  const printed = execFileSync(peerPython, [program, JSON.stringify(options)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return printed === "" ? undefined : JSON.parse(printed);
}
