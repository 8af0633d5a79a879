import { encodePicture, type PictureText } from "../io/png-picture.ts";
import { percentilesOf } from "../kernels/percentiles.ts";
import type { ExampleSlice } from "../report/benchmark-results.ts";
import { areasPerPlane, choosePlanes } from "../stages/deliver/montage/choose-planes.ts";
import { drawTile, type Tile } from "../stages/deliver/montage/tile.ts";
import { type Planes, planesOf, views } from "../stages/deliver/montage/view.ts";
import { labelsOf } from "../train/dataset/labels-of.ts";
import { loadCase } from "../train/dataset/load-case.ts";
import type { LabelMap, Volume } from "../volume/volume.ts";
import type { CaseFiles } from "./cell-folder.ts";
import type { PlannedCell } from "./plan-cells.ts";
import { readPrediction } from "./score-cell.ts";

/** A held-out case that was scored. */
export interface ScoredCase {
  readonly id: string;
  readonly cell: PlannedCell;
  readonly files: CaseFiles;
  readonly confusion: readonly (readonly number[])[];
  /** Mean over its classes; NaN where it has none. */
  readonly dice: number;
}

/**
 * A slice of the best, the median and the worst case of each method on each data set, reference and prediction side by side.
 *
 * Empty:  without a case that has a Dice, no slices
 * Errors: as `loadCase` and `readPrediction`
 */
export async function exampleSlices(cases: readonly ScoredCase[]): Promise<readonly ExampleSlice[]> {
  const groups = new Map<string, ScoredCase[]>();
  for (const each of cases) {
    const key = JSON.stringify([each.cell.dataset, each.cell.method]);
    if (!Number.isNaN(each.dice)) groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const slices: ExampleSlice[] = [];
  for (const group of groups.values()) for (const chosen of ranked(group)) slices.push(await exampleSlice(chosen));
  return slices;
}

interface Ranked {
  readonly rank: ExampleSlice["rank"];
  readonly chosen: ScoredCase;
}

function ranked(cases: readonly ScoredCase[]): readonly Ranked[] {
  const sorted = cases.toSorted((first, second) => second.dice - first.dice || (first.id < second.id ? -1 : 1));
  return [
    { rank: "best", chosen: sorted[0] },
    { rank: "median", chosen: sorted[Math.floor((sorted.length - 1) / 2)] },
    { rank: "worst", chosen: sorted[sorted.length - 1] },
  ];
}

async function exampleSlice({ rank, chosen }: Ranked): Promise<ExampleSlice> {
  const { id, cell, files, dice } = chosen;
  const { dataset } = cell.study;
  const found = dataset.training.find((each) => each.id === id);
  // Scored cases are cases of the data set, or they would not have been.
  if (found === undefined) throw new Error(`the data set has no case ${id}`);
  const loaded = await loadCase(dataset, found);
  const png = await drawnPair(loaded.channels[0], {
    reference: labelsOf(loaded),
    prediction: await readPrediction(files, loaded),
    colors: new Map(dataset.classes.map(({ id, colorRgb }) => [id, colorRgb])),
  });
  return { dataset: cell.dataset, method: cell.method, case: id, rank, dice, png };
}

interface Pair {
  readonly reference: LabelMap;
  readonly prediction: LabelMap;
  readonly colors: ReadonlyMap<number, readonly [number, number, number]>;
}

/** Longest side of a tile, and what is left free around it. Units: pixels. */
const TILE = 240;
const GAP = 6;
const TEXT = 12;
const WHITE = [235, 235, 235] as const;

/** The plane in which the rarest class of the reference is largest: reference on the left, prediction on the right. */
async function drawnPair(volume: Volume, { reference, prediction, colors }: Pair): Promise<Uint8Array> {
  const planes = finestPlanes(volume);
  const shown = reference.data.some((label) => label !== 0) ? reference : prediction;
  const [plane] = choosePlanes(areasPerPlane(shown.data, planes), planes.shape[0], 1);
  const mmPerPixel = longestMm(planes) / TILE;
  const [black, white] = percentilesOf(volume.data, [1, 99.5]);
  const window = { black, white: white > black ? white : black + 1 };
  const tiles = [reference, prediction].map(({ data: labels }) =>
    drawTile({ intensities: volume.data, labels, planes, plane, mmPerPixel, window, colors }),
  );
  return encodePicture(sideBySide(tiles));
}

/** The view that shows most voxels at once: the one that was scanned, where slices are thick. */
function finestPlanes(volume: Volume): Planes {
  const all = views.map((view) => planesOf(volume, view));
  const voxelsOf = ({ shape }: Planes) => shape[1] * shape[2];
  return all.reduce((best, next) => (voxelsOf(next) > voxelsOf(best) ? next : best));
}

function longestMm({ shape, spacingMm }: Planes): number {
  return Math.max(shape[1] * spacingMm[1], shape[2] * spacingMm[2]);
}

function sideBySide(tiles: readonly Tile[]) {
  const [{ width: wide, height: high }] = tiles;
  const width = tiles.length * wide + GAP;
  const rgb = new Uint8Array(3 * width * high);
  const texts: PictureText[] = [];
  for (const [n, tile] of tiles.entries()) {
    const left = n * (wide + GAP);
    for (let y = 0; y < high; y++) rgb.set(tile.rgb.subarray(3 * y * wide, 3 * (y + 1) * wide), 3 * (y * width + left));
    texts.push({ text: n === 0 ? "reference" : "prediction", x: left + 3, y: 3, sizePx: TEXT, colorRgb: WHITE });
  }
  return { width, height: high, rgb, texts };
}
