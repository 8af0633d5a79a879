import type { Command } from "commander";
import { type FoundScan, findScans, type Listing, type Problem, textOf } from "../../pipeline/index.ts";
import { type CommandContext, limitsOption, readOptionsOf } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";
import { numberColumns, tableOf, textColumns } from "../table.ts";
import { printable } from "../terminal.ts";

interface InspectOptions {
  readonly json?: boolean;
}

/** `rarevox inspect`: what a path holds, without decoding a voxel. */
export function registerInspect(program: Command, context: CommandContext): void {
  const command = program
    .command("inspect")
    .description("show the scans that files and folders hold: series, geometry, spacing, modality, problems")
    .argument("<path...>", "files, folders or folder trees")
    .option("--json", "print one JSON document instead of a table")
    .addHelpText(
      "after",
      `
Examples:
  rarevox inspect study/            every series in a folder tree
  rarevox inspect scan.nii.gz       one file
  rarevox inspect study/ --json | jq '.scans[].id'

Exit code 3 when something was refused.`,
    );
  limitsOption(command).action(async (paths: string[], options: InspectOptions) => {
    const listing = await findScans(paths, readOptionsOf(command, context));
    if (options.json) process.stdout.write(`${JSON.stringify(listing, undefined, 2)}\n`);
    else printListing(listing);
    if (problemsOf(listing).length > 0) context.setExitCode(exitCodes.someRefused);
  });
}

function problemsOf({ scans, refusals }: Listing): readonly Problem[] {
  return [
    ...refusals.map(({ problem }) => problem),
    ...scans.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
  ];
}

function printListing(listing: Listing): void {
  const columns = [
    ...textColumns("scan", "format", "modality", "shape [D, H, W]", "spacing mm", "axes", "voxels"),
    ...numberColumns("files"),
    ...textColumns("state"),
  ];
  const say = (text: string) => process.stdout.write(`${printable(text)}\n`);
  if (listing.scans.length > 0) process.stdout.write(`${tableOf(columns, listing.scans.map(rowOf))}\n`);
  else say("No scan found.");
  for (const problem of problemsOf(listing)) say(`${problem.code}  ${textOf(problem)}`);
  for (const { code, where, text } of listing.scans.flatMap(({ warnings }) => warnings))
    say(`warning ${code}  ${where}: ${text}`);
  for (const [reason, count] of countBy(listing.skipped.map(({ reason }) => reason)))
    say(`skipped ${count}: ${reason}`);
}

function rowOf({ id, format, files, summary, problem, warnings }: FoundScan): string[] {
  const state = problem !== undefined ? problem.code : warnings.length > 0 ? `${warnings.length} warnings` : "ok";
  return [
    summary.description === undefined ? id : `${id}\n${summary.description}`,
    summary.encoding === undefined ? format : `${format}\n${summary.encoding}`,
    summary.modality ?? "",
    summary.shape?.join(" × ") ?? "",
    summary.spacingMm?.map((mm) => mm.toPrecision(4)).join(" × ") ?? "",
    summary.orientation ?? "",
    summary.voxelType ?? "",
    String(files.length),
    state,
  ];
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
