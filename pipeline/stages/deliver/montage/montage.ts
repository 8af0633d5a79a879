import type { Picture, PictureText } from "../../../io/png-picture.ts";
import { percentilesOf } from "../../../kernels/percentiles.ts";
import type { Segmentation } from "../../segmentation.ts";
import { areasPerPlane, choosePlanes } from "./choose-planes.ts";
import { type DisplayWindow, drawTile, type Tile } from "./tile.ts";
import { edgeLetters, type Planes, planesOf, type View, views } from "./view.ts";

/** Longest side of a tile. Units: pixels. */
const TILE = 300;
const GAP = 8;
const LEGEND_WIDTH = 250;
const LEGEND_LINE = 20;
const HEADER = 30;
const TEXT = 12;
const PLANES_PER_VIEW = 3;

/** Soft-tissue window of abdominal CT. Units: HU. */
const CT_WINDOW: DisplayWindow = { black: -160, white: 240 };

const BACKGROUND = 16;
const WHITE = [235, 235, 235] as const;
const BLACK = [0, 0, 0] as const;
const GREY = [165, 165, 165] as const;

interface PlacedTile extends TileAt {
  readonly tile: Tile;
}

interface TileAt {
  readonly planes: Planes;
  readonly plane: number;
}

/**
 * A picture of a segmentation: a row of planes for each view that show its classes, the rarest first, in true proportions, with
 * outlines, a legend with volumes, a scale bar and the patient's directions.
 *
 * Shape:  labels and scan [D, H, W] -> pixels [height, width, 3]
 * Empty:  without labels, evenly spread planes
 */
export function montage({ scan, labels, classes, measurements, provenance }: Segmentation): Picture {
  const volume = scan.channels[0];
  const window = scan.modality === "CT" ? CT_WINDOW : percentileWindow(volume.data);
  const colors = new Map(classes.map(({ id, colorRgb }) => [id, colorRgb]));
  const rows = views.map((view) => rowOf(view));
  const mmPerPixel = Math.max(...rows.flatMap(({ planes }) => extentsMm(planes))) / TILE;
  const drawn = rows.map(({ planes, chosen }) =>
    chosen.map((plane): PlacedTile => {
      const request = { intensities: volume.data, labels: labels.data, planes, plane, mmPerPixel, window, colors };
      return { planes, plane, tile: drawTile(request) };
    }),
  );
  const title = `${provenance.bundle.name} ${provenance.bundle.version}   research use only`;
  return arranged(drawn, { mmPerPixel, title, legend: legendOf() });

  function rowOf(view: View) {
    const planes = planesOf(volume, view);
    return { planes, chosen: choosePlanes(areasPerPlane(labels.data, planes), planes.shape[0], PLANES_PER_VIEW) };
  }

  function legendOf(): readonly LegendLine[] {
    return measurements.map(({ id, name, millilitres, voxels }) => ({
      color: colors.get(id) ?? WHITE,
      text: voxels === 0 ? `${name}: not found` : `${name}  ${millilitres.toPrecision(3)} ml`,
      isFound: voxels > 0,
    }));
  }
}

interface LegendLine {
  readonly color: readonly [number, number, number];
  readonly text: string;
  readonly isFound: boolean;
}

interface Arrangement {
  readonly mmPerPixel: number;
  readonly title: string;
  readonly legend: readonly LegendLine[];
}

function arranged(rows: readonly (readonly PlacedTile[])[], { mmPerPixel, title, legend }: Arrangement): Picture {
  const rowWidth = (row: readonly PlacedTile[]) => row.reduce((sum, { tile }) => sum + tile.width + GAP, GAP);
  const rowHeight = (row: readonly PlacedTile[]) => Math.max(...row.map(({ tile }) => tile.height));
  const tilesWidth = Math.max(...rows.map(rowWidth));
  const tilesHeight = rows.reduce((sum, row) => sum + rowHeight(row) + GAP, HEADER);
  const width = tilesWidth + LEGEND_WIDTH;
  const height = Math.max(tilesHeight, HEADER + (legend.length + 1) * LEGEND_LINE);
  const rgb = new Uint8Array(3 * width * height).fill(BACKGROUND);
  const texts: PictureText[] = [{ text: title, x: GAP, y: GAP, sizePx: TEXT + 1, colorRgb: WHITE }];
  let top = HEADER;
  for (const row of rows) {
    let left = GAP;
    for (const placed of row) {
      pasteTile({ rgb, width }, placed.tile, { left, top });
      texts.push(...tileTexts(placed, { left, top }));
      drawScaleBar({ rgb, width }, placed.tile, { left, top, mmPerPixel });
      left += placed.tile.width + GAP;
    }
    top += rowHeight(row) + GAP;
  }
  texts.push(scaleText(rows[0][0].tile, { mmPerPixel }), ...drawLegend({ rgb, width }, legend, tilesWidth));
  return { width, height, rgb, texts };
}

interface Canvas {
  readonly rgb: Uint8Array;
  readonly width: number;
}

interface Corner {
  readonly left: number;
  readonly top: number;
}

function pasteTile({ rgb, width }: Canvas, tile: Tile, { left, top }: Corner): void {
  for (let y = 0; y < tile.height; y++)
    rgb.set(tile.rgb.subarray(3 * y * tile.width, 3 * (y + 1) * tile.width), 3 * ((top + y) * width + left));
}

function fillBox(
  { rgb, width }: Canvas,
  box: Corner & { readonly wide: number; readonly high: number },
  color: readonly number[],
): void {
  for (let y = 0; y < box.high; y++)
    for (let x = 0; x < box.wide; x++) rgb.set(color, 3 * ((box.top + y) * width + box.left + x));
}

function tileTexts({ planes, plane, tile }: PlacedTile, { left, top }: Corner): readonly PictureText[] {
  const letters = edgeLetters(planes.view);
  const [middleX, middleY] = [left + tile.width / 2, top + tile.height / 2 - TEXT / 2];
  const text = { sizePx: TEXT, colorRgb: WHITE };
  return [
    { ...text, text: letters.left, x: left + 3, y: middleY },
    { ...text, text: letters.right, x: left + tile.width - 3, y: middleY, align: "right" },
    { ...text, text: letters.top, x: middleX, y: top + 3, align: "center" },
    { ...text, text: letters.bottom, x: middleX, y: top + tile.height - TEXT - 4, align: "center" },
    { ...text, text: `${planes.view.name} ${plane + 1}/${planes.shape[0]}`, x: left + 3, y: top + 3 },
  ];
}

/** A round length that takes about a quarter of a tile. Units: mm. */
function scaleBarMm(mmPerPixel: number): number {
  const wanted = (TILE / 4) * mmPerPixel;
  return [200, 100, 50, 20, 10, 5, 2, 1].find((mm) => mm <= wanted) ?? 1;
}

function drawScaleBar(
  canvas: Canvas,
  tile: Tile,
  { left, top, mmPerPixel }: Corner & { readonly mmPerPixel: number },
): void {
  const wide = Math.min(tile.width - 6, Math.round(scaleBarMm(mmPerPixel) / mmPerPixel));
  if (wide <= 0 || tile.height <= 8) return;
  fillBox(canvas, { left: left + 2, top: top + tile.height - 6, wide: wide + 2, high: 4 }, BLACK);
  fillBox(canvas, { left: left + 3, top: top + tile.height - 5, wide, high: 2 }, WHITE);
}

function scaleText(tile: Tile, { mmPerPixel }: { readonly mmPerPixel: number }): PictureText {
  const text = `${scaleBarMm(mmPerPixel)} mm`;
  return { text, x: GAP + 3, y: HEADER + tile.height - TEXT - 9, sizePx: TEXT - 1, colorRgb: WHITE };
}

function drawLegend(canvas: Canvas, legend: readonly LegendLine[], left: number): readonly PictureText[] {
  return legend.map(({ color, text, isFound }, i) => {
    const top = HEADER + i * LEGEND_LINE;
    fillBox(canvas, { left: left + GAP, top, wide: TEXT, high: TEXT }, isFound ? color : [60, 60, 60]);
    return { text, x: left + GAP + TEXT + 8, y: top, sizePx: TEXT, colorRgb: isFound ? WHITE : GREY };
  });
}

function extentsMm({ shape, spacingMm }: Planes): readonly number[] {
  return [shape[1] * spacingMm[1], shape[2] * spacingMm[2]];
}

function percentileWindow(values: Parameters<typeof percentilesOf>[0]): DisplayWindow {
  const [black, white] = percentilesOf(values, [1, 99.5]);
  return { black, white: white > black ? white : black + 1 };
}
