import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { numberColumns, tableOf, textColumns } from "../table.ts";
import type { BenchLine } from "./support.ts";

/** Benchmarks by name; all of them when none is named. */
const wanted = process.argv.slice(2);
const folder = fileURLToPath(new URL("./", import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".bench.js"))
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace(".bench.js", "")))
  .sort();

const columns = [
  ...textColumns("benchmark", "case"),
  ...numberColumns("ours ms"),
  ...textColumns("peer"),
  ...numberColumns("peer ms", "ratio"),
];
const rows: string[][] = [];
const tooSlow: string[] = [];
for (const name of names)
  for (const { bench, case: each, ours, peers, ratios, floor } of await linesOf(name))
    for (const [peer, { medianMs }] of Object.entries(peers)) {
      rows.push([bench, each, ours.medianMs.toFixed(1), peer, medianMs.toFixed(1), ratios[peer].toFixed(2)]);
      if (floor !== undefined && ratios[peer] < floor)
        tooSlow.push(`${bench}, ${each}: ${ratios[peer].toFixed(2)} of ${peer}, below the floor of ${floor}`);
    }
process.stdout.write(
  `\nratio: the peer's time over ours, above 1 where rarevox is faster\n${tableOf(columns, rows)}\n`,
);
for (const line of tooSlow) process.stderr.write(`too slow: ${line}\n`);
if (tooSlow.length > 0) process.exitCode = 1;

type PrintedLine = BenchLine & { readonly ratios: Readonly<Record<string, number>> };

/** Runs one benchmark and passes on what it prints; lines that compare with peers are returned. */
async function linesOf(name: string): Promise<readonly PrintedLine[]> {
  const child = spawn(process.execPath, [`${folder}${name}`], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const lines: PrintedLine[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    process.stdout.write(`${line}\n`);
    const parsed = JSON.parse(line) as Partial<PrintedLine>;
    if (parsed.ratios !== undefined) lines.push(parsed as PrintedLine);
  }
  if ((await ended) !== 0) process.exitCode = 1;
  return lines;
}
