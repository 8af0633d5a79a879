import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeParsingPool } from "../../pipeline/io/parsing-pool.ts";
import { readScan } from "../../pipeline/io/read-scan.ts";
import { writerNamed } from "../../pipeline/io/writers.ts";
import { indexToLpsOf, type Triple } from "../../pipeline/volume/affine.ts";
import { randomFrom } from "../../pipeline/volume/random.ts";
import { volumeOf, voxelCountOf } from "../../pipeline/volume/volume.ts";
import { peerTimings, printLine, timed } from "./support.ts";

// Ours reads as a user does: by content, in a child process, with the checks of every header and the SHA-256 of every
// file. The peers do none of this, and pydicom only what its users write around it.

const RUNS = 5;
const shape: Triple = [150, 512, 512];

const folder = mkdtempSync(join(tmpdir(), "rarevox-bench-"));
try {
  await writeSeries(join(folder, "native"));
  await bench("explicit little endian", join(folder, "native"));
  if (compress(join(folder, "native"), join(folder, "lossless")))
    await bench("JPEG lossless", join(folder, "lossless"));
} finally {
  closeParsingPool();
  rmSync(folder, { recursive: true });
}

async function bench(encoding: string, path: string): Promise<void> {
  const name = `${shape.join(" x ")}, ${encoding}`;
  const ours = await timed(() => readScan(path), { runs: RUNS });
  const peersOf = await peerTimings("dicom_read.py", [String(RUNS), path, name]);
  const megaPerSecond = voxelCountOf(shape) / 1000 / ours.medianMs;
  printLine({ bench: "dicom-read", case: name, ours, peers: peersOf(name), megaPerSecond });
}

async function writeSeries(path: string): Promise<void> {
  const random = randomFrom("dicom bench");
  const noise = Int16Array.from({ length: 2 ** 16 }, () => Math.round(40 * (random.uniform() - 0.5)));
  const data = new Int16Array(voxelCountOf(shape)).map((_, i) => noise[(i * 40_503) & 0xffff] + ((i >> 9) & 0x1ff));
  const indexToLps = indexToLpsOf([0, 0, 0.75, -192, 0, 0.75, 0, -192, 2, 0, 0, -200, 0, 0, 0, 1], "bench");
  const channels = [volumeOf(data, { shape, indexToLps })] as const;
  const scan = { format: "bench", channels, modality: "CT", warnings: [], inputs: [] };
  await writerNamed("dicom").write(scan, path, {});
}

/** The same series in JPEG lossless, by DCMTK where it is installed. */
function compress(source: string, target: string): boolean {
  try {
    mkdirSync(target);
    for (const name of readdirSync(source)) execFileSync("dcmcjpeg", [join(source, name), join(target, name)]);
    return true;
  } catch {
    console.error("no compressed series: dcmcjpeg is not installed");
    return false;
  }
}
