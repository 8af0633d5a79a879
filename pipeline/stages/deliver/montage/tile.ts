import type { LabelArray, VoxelArray } from "../../../volume/volume.ts";
import type { Planes } from "./view.ts";

/** Share of a class's colour over the image inside its outline. */
const FILL = 0.3;

/** Intensities shown as black and as white. */
export interface DisplayWindow {
  readonly black: number;
  readonly white: number;
}

/** One plane to draw. */
export interface TileRequest {
  readonly intensities: VoxelArray;
  readonly labels: LabelArray;
  readonly planes: Planes;
  readonly plane: number;
  readonly mmPerPixel: number;
  readonly window: DisplayWindow;
  readonly colors: ReadonlyMap<number, readonly [number, number, number]>;
}

/** Pixels of one plane. */
export interface Tile {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly rgb: Uint8Array;
}

/** Draws a plane in its true proportions: intensities blended between voxels, classes as outlines over a light fill. */
export function drawTile(request: TileRequest): Tile {
  const { planes, mmPerPixel, colors } = request;
  const height = Math.max(1, Math.round((planes.shape[1] * planes.spacingMm[1]) / mmPerPixel));
  const width = Math.max(1, Math.round((planes.shape[2] * planes.spacingMm[2]) / mmPerPixel));
  const classes = nearestLabels(request, width, height);
  const grey = blendedGrey(request, width, height);
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const color = colors.get(classes[i]);
      const share = color === undefined ? 0 : isOutline(classes, { x, y, width, height }) ? 1 : FILL;
      for (let k = 0; k < 3; k++) rgb[3 * i + k] = Math.round(grey[i] * (1 - share) + (color?.[k] ?? 0) * share);
    }
  return { width, height, rgb };
}

function nearestLabels({ labels, planes, plane }: TileRequest, width: number, height: number): Uint16Array {
  const { shape, start, steps } = planes;
  const classes = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.min(shape[1] - 1, Math.floor(((y + 0.5) * shape[1]) / height));
    const from = start + plane * steps[0] + row * steps[1];
    for (let x = 0; x < width; x++) {
      const column = Math.min(shape[2] - 1, Math.floor(((x + 0.5) * shape[2]) / width));
      classes[y * width + x] = labels[from + column * steps[2]];
    }
  }
  return classes;
}

function blendedGrey({ intensities, planes, plane, window }: TileRequest, width: number, height: number): Float32Array {
  const { shape, start, steps } = planes;
  const grey = new Float32Array(width * height);
  const scale = 255 / (window.white - window.black || 1);
  for (let y = 0; y < height; y++) {
    const [r0, r1, rowShare] = neighbours(((y + 0.5) * shape[1]) / height - 0.5, shape[1]);
    const upper = start + plane * steps[0] + r0 * steps[1];
    const lower = start + plane * steps[0] + r1 * steps[1];
    for (let x = 0; x < width; x++) {
      const [c0, c1, share] = neighbours(((x + 0.5) * shape[2]) / width - 0.5, shape[2]);
      const above = intensities[upper + c0 * steps[2]] * (1 - share) + intensities[upper + c1 * steps[2]] * share;
      const below = intensities[lower + c0 * steps[2]] * (1 - share) + intensities[lower + c1 * steps[2]] * share;
      const value = (above * (1 - rowShare) + below * rowShare - window.black) * scale;
      grey[y * width + x] = Math.min(255, Math.max(0, value));
    }
  }
  return grey;
}

/** The two indices around a position, and the share of the second; clamped at the border. */
function neighbours(position: number, side: number): readonly [number, number, number] {
  const inside = Math.min(side - 1, Math.max(0, position));
  const low = Math.floor(inside);
  return [low, Math.min(side - 1, low + 1), inside - low];
}

function isOutline(
  classes: Uint16Array,
  { x, y, width, height }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): boolean {
  const own = classes[y * width + x];
  return (
    (x > 0 && classes[y * width + x - 1] !== own) ||
    (x + 1 < width && classes[y * width + x + 1] !== own) ||
    (y > 0 && classes[(y - 1) * width + x] !== own) ||
    (y + 1 < height && classes[(y + 1) * width + x] !== own)
  );
}
