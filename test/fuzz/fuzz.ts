/** Mutates good files and reads them as a user's program would; exits with 1 unless every mutant is read or refused by name. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBundle } from "../../pipeline/bundle/load-bundle.ts";
import { findScans } from "../../pipeline/io/find-scans.ts";
import { closeParsingPool } from "../../pipeline/io/parsing-pool.ts";
import { readScan } from "../../pipeline/io/read-scan.ts";
import { isNamedError } from "../../pipeline/volume/errors.ts";
import { defaultLimits } from "../../pipeline/volume/limits.ts";
import { randomFrom } from "../../pipeline/volume/random.ts";
import { bundleSeeds } from "./bundle-seeds.ts";
import { mutate } from "./mutate.ts";
import { seedsIn } from "./seeds.ts";

const seconds = Number(process.argv[2] ?? 60);
const seed = process.argv[3] ?? String(Date.now() % 1_000_000);
const limits = { ...defaultLimits, parseMs: 5000, volumeBytes: 2 ** 28 };

/** Longer than any limit allows: then it is the parent that hangs. */
const HANG_MS = 4 * limits.parseMs;

/** Codes that say that a reader had to be ended, or ended itself. */
const endings = ["F_TIMEOUT", "F_CHILD_CRASH", "F_MEMORY"];

const folder = mkdtempSync(join(tmpdir(), "rarevox-fuzz-"));
const random = randomFrom(seed);
const totals = { mutants: 0, read: 0, refused: 0, childEnded: 0, hangs: 0, unnamed: 0 };
const failures: string[] = [];
process.on("uncaughtException", (error) => note("unnamed", `escaped: ${error.stack}`));
process.on("unhandledRejection", (error) => note("unnamed", `unhandled: ${error}`));

let current = "nothing";
let isOver = false;
process.on("exit", () => {
  if (isOver) return;
  console.error(`mutant ${totals.mutants}: ${current}: the program ended while it waited; ${folder} keeps the file`);
  process.exitCode = 1;
});

console.log(`fuzzing for ${seconds} s with seed ${seed}`);
const scans = await seedsIn(folder);
const bundles = bundleSeeds();
for (const end = Date.now() + 1000 * seconds; Date.now() < end; totals.mutants++)
  if (random.uniform() < 0.85) await fuzzScan();
  else await fuzzBundle();
isOver = true;
closeParsingPool();
rmSync(folder, { recursive: true });
console.log(JSON.stringify(totals));
for (const failure of failures.slice(0, 20)) console.error(failure);
process.exit(totals.hangs + totals.unnamed + totals.childEnded > 0 ? 1 : 0);

async function fuzzScan(): Promise<void> {
  const { name, ending, bytes } = scans[random.integer(0, scans.length)];
  const path = join(folder, `mutant${ending}`);
  writeFileSync(path, mutate(bytes, random));
  await timed(name, async () => {
    const { scans: found, refusals } = await findScans([path], { limits });
    for (const { problem } of refusals) if (problem.code === "") throw new Error("a refusal without a code");
    if (refusals.some(({ problem }) => endings.includes(problem.code))) totals.childEnded++;
    for (const scan of found) await readScan(scan, { limits });
    return found.length > 0;
  });
}

async function fuzzBundle(): Promise<void> {
  const files = bundles[random.integer(0, bundles.length)];
  const target = join(folder, "bundle");
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  const victim = random.integer(0, files.length);
  for (const [i, { name, bytes }] of files.entries())
    writeFileSync(join(target, name), i === victim ? mutate(bytes, random) : bytes);
  await timed("bundle", async () => {
    await (await loadBundle(target, { limits })).close();
    return true;
  });
}

async function timed(name: string, action: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  current = name;
  try {
    if (await action()) totals.read++;
    else totals.refused++;
  } catch (error) {
    if (!isNamedError(error) || error.problem.code === "") note("unnamed", `${name}: ${(error as Error).stack}`);
    else if (endings.includes(error.problem.code)) totals.childEnded++;
    else totals.refused++;
  }
  if (performance.now() - start > HANG_MS) note("hangs", `${name}: ${Math.round(performance.now() - start)} ms`);
}

function note(kind: "hangs" | "unnamed", text: string): void {
  totals[kind]++;
  failures.push(`mutant ${totals.mutants}: ${text}`);
}
