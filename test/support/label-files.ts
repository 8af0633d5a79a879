import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { writerFor } from "../../pipeline/io/writers.ts";
import type { LabelClass } from "../../pipeline/volume/label-class.ts";
import { type Grid, type LabelMap, volumeOf, voxelCountOf } from "../../pipeline/volume/volume.ts";
import { originOnGrid } from "./phantom-series.ts";

/** Labels at flat indices of a grid, background elsewhere. */
export function labelsAt(grid: Grid, ids: Readonly<Record<number, number>>): LabelMap {
  const labels = volumeOf(new Uint8Array(voxelCountOf(grid.shape)), grid);
  for (const [index, id] of Object.entries(ids)) labels.data[Number(index)] = id;
  return labels;
}

/** Writes a label map as its path's ending says; with names where classes are given. */
export async function writeLabels(path: string, labels: LabelMap, classes?: readonly LabelClass[]): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  const scan = {
    format: "test",
    channels: [labels] as const,
    modality: undefined,
    warnings: [],
    inputs: [],
    ...(classes === undefined ? {} : { classes, dicom: originOnGrid(labels) }),
  };
  await writerFor(path).write(scan, path, {});
  return path;
}
