/** Peak memory of a 512 x 512 x 400 scan with 25 classes; fails above 4 GiB. Linux only: it reads /proc. */
import { readdirSync, readFileSync } from "node:fs";
import { openEngine } from "../../pipeline/runtime/engine.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { voxelCountOf } from "../../pipeline/volume/volume.ts";
import { topLevelNetwork } from "./top-level-network.ts";

const CEILING_GIB = 4;
const shape: Triple = [400, 512, 512];
const classes = 25;
const patch: Triple = [128, 128, 128];

const image = new Float32Array(voxelCountOf(shape)).map((_, i) => Math.sin(i));
const engine = await openEngine({ device: "cpu" });
const network = await engine.load(topLevelNetwork({ patch, classes }));
const start = performance.now();
const { labels } = await engine.predict(network, { image, shape, overlap: 0.5 }, { onProgress: reportRarely });
const seconds = (performance.now() - start) / 1000;
const [ours, child] = ["self", childOf("self")].map(peakGib);
await engine.close();

const naiveGib = (classes * voxelCountOf(shape) * Float32Array.BYTES_PER_ELEMENT) / 2 ** 30;
const line = {
  bench: "memory",
  case: `${shape} x ${classes} classes, patch ${patch}`,
  parentGib: ours,
  childGib: child,
};
console.log(
  JSON.stringify({ ...line, sumGib: ours + child, naiveLogitsGib: naiveGib, seconds, voxels: labels.length }),
);
if (ours + child > CEILING_GIB) {
  console.error(`memory: ${ours + child} GiB is above the ceiling of ${CEILING_GIB} GiB`);
  process.exitCode = 1;
}

function reportRarely(done: number, total: number): void {
  if (done % 50 === 0) console.error(`${done} of ${total} patches`);
}

/** Highest resident memory of a process so far. */
function peakGib(pid: string): number {
  const kib = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) / 2 ** 20;
}

function childOf(pid: string): string {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim()).join("");
}
