/** Peak memory of segmenting a 512 x 512 x 400 CT with 25 classes; fails above 4 GiB. Linux only: it reads /proc. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBundle, openEngine, type Scan, saveBundle, segmentScan } from "../../pipeline/index.ts";
import { indexToLpsOf, type Triple } from "../../pipeline/volume/affine.ts";
import { volumeOf, voxelCountOf } from "../../pipeline/volume/volume.ts";
import { topLevelNetwork } from "./top-level-network.ts";

const CEILING_GIB = 4;
const shape: Triple = [400, 512, 512];
const patch: Triple = [128, 128, 128];
const classes = 25;
const names = Array.from({ length: classes - 1 }, (_, i) => `organ ${i + 1}`);

const folder = mkdtempSync(join(tmpdir(), "rarevox-bench-"));
try {
  await writeBundle(join(folder, "bundle"));
  const bundle = await loadBundle(join(folder, "bundle"));
  const engine = await openEngine({ device: "cpu" });
  const start = performance.now();
  const { labels } = await segmentScan(wavyCt(), bundle, { engine, onProgress: reportRarely });
  const seconds = (performance.now() - start) / 1000;
  const [parentGib, childGib] = ["self", childOf("self")].map(peakGib);
  await engine.close();
  const sumGib = parentGib + childGib;
  const naiveLogitsGib = (classes * voxelCountOf(shape) * Float32Array.BYTES_PER_ELEMENT) / 2 ** 30;
  const name = `${shape.join(" x ")}, ${classes} classes, patch ${patch.join(" x ")}`;
  const line = { bench: "memory", case: name, parentGib, childGib, sumGib, naiveLogitsGib, seconds };
  console.log(JSON.stringify({ ...line, voxels: labels.data.length }));
  if (sumGib > CEILING_GIB) {
    console.error(`memory: ${sumGib} GiB is above the ceiling of ${CEILING_GIB} GiB`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function writeBundle(path: string): Promise<void> {
  const color = (i: number) => [(53 * i) % 256, (97 * i) % 256, (151 * i) % 256] as const;
  await saveBundle(path, {
    manifest: {
      schema: "rarevox-bundle/1",
      name: "memory",
      version: "1.0.0",
      license: "Apache-2.0",
      intendedUse: "A benchmark of memory.",
      modalities: ["CT"],
      classes: names.map((name, i) => ({ id: i + 1, name, colorRgb: color(i) })),
      input: { channels: [{ name: "CT", normalisation: { kind: "z-score", over: "volume" } }] },
      orientation: "SPL",
      networks: [
        {
          name: "whole",
          file: "network.onnx",
          spacingMm: "as-stored",
          interpolation: "cubic",
          normalise: "before-resampling",
          patch: { kind: "fixed", size: patch },
          overlap: 0.5,
          mirrorAxes: [],
          output: { kind: "logits", channels: ["background", ...names] },
        },
      ],
      stages: { segment: [{ network: "whole" }] },
    },
    files: new Map([["network.onnx", topLevelNetwork({ patch, classes })]]),
  });
}

function wavyCt(): Scan {
  const indexToLps = indexToLpsOf([0, 0, 0.75, -192, 0, 0.75, 0, -192, 1, 0, 0, -200, 0, 0, 0, 1], "bench");
  const data = new Int16Array(voxelCountOf(shape));
  // In place: a second copy would count as ours.
  for (let i = 0; i < data.length; i++) data[i] = 500 * Math.sin(i);
  return {
    format: "bench",
    channels: [volumeOf(data, { shape, indexToLps })],
    modality: "CT",
    warnings: [],
    inputs: [],
  };
}

function reportRarely(stage: string, fraction: number): void {
  if (Math.round(1000 * fraction) % 125 === 0) console.error(`${stage}: ${Math.round(100 * fraction)} %`);
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
