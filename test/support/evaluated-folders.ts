import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "./cli.ts";
import { folderWith, niftiLabels } from "./dataset-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** What the classes of the folders below are called. */
export const dataset = { labels: { background: 0, liver: 1, spleen: 2 } };

/** Two cases: the liver of the first has 2 of 3 + 1 voxels right, its spleen all; the second has no spleen but a predicted one. */
export const predictions = { "a.nii.gz": niftiLabels({ 8: 1, 9: 1, 50: 2 }), "b.nii.gz": niftiLabels({ 8: 1, 60: 2 }) };
/** Their references, with the list of classes beside them. */
export const references = {
  "dataset.json": dataset,
  "a.nii.gz": niftiLabels({ 8: 1, 9: 1, 10: 1, 50: 2 }),
  "b.nii.gz": niftiLabels({ 8: 1 }),
};

type Files = Readonly<Record<string, Uint8Array | string | object>>;

/** A row of scores.csv. */
export interface Cell {
  readonly case: string;
  readonly class: string;
  readonly metric: string;
  readonly value: string;
}

/** Runs the command on folders of these files. */
export async function evaluated(found: Files, wanted: Files, flags: readonly string[] = []) {
  const out = join(temporaryFolder(), "out");
  const args = ["evaluate", folderWith(found), folderWith(wanted), "--out", out, ...flags];
  return { out, ...(await runCli(args)) };
}

/** The rows of scores.csv; class names of these tests have no commas. */
export function scoresIn(out: string): readonly Cell[] {
  const [, ...lines] = readFileSync(join(out, "scores.csv"), "utf8").trim().split("\n");
  return lines.map((line) => {
    const [, name, label, metric, value] = line.split(",");
    return { case: name, class: label, metric, value };
  });
}

/** A value as it is written; undefined where there is none. */
export const scoreOf = (cells: readonly Cell[], name: string, label: string, metric = "dice") =>
  cells.find((cell) => cell.case === name && cell.class === label && cell.metric === metric)?.value;
