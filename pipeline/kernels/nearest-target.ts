import type { Triple } from "../volume/affine.ts";
import { type Envelope, envelopeFor, lowerEnvelope } from "./lower-envelope.ts";

/** A grid of points. */
export interface PointGrid {
  /** [D, H, W] */
  readonly shape: Triple;
  readonly spacingMm: Triple;
}

/** Points to start from and points to reach, as ascending indices into a grid. */
export interface QueriesAndTargets {
  readonly queries: Uint32Array;
  readonly targets: Uint32Array;
}

/** No target in the row. */
const NONE = 0xffff;

/** Sides have to be shorter, so that a place fits the memory that it is given. */
export const LONGEST_SIDE = NONE;

/**
 * Finds the exact distance from each query to the nearest target, and hands it to `visit` with the query's number.
 *
 * A distance transform that keeps the nearest target's place and goes only through columns in which a query lies: the
 * distance comes from whole steps, as exact as one square root.
 *
 * Units:  mm
 * Empty:  Infinity for every query where there is no target
 * Cost:   O(voxels) at most; 4 bytes for each voxel of the queries' columns along D
 * Source: Felzenszwalb and Huttenlocher 2012, doi:10.4086/toc.2012.v008a019
 */
export function visitNearest(
  grid: PointGrid,
  { queries, targets }: QueriesAndTargets,
  visit: (query: number, distanceMm: number) => void,
): void {
  const [depth, height, width] = grid.shape;
  const columns = columnsOf(queries, grid.shape);
  const nearest = nearestInPlanes(grid, { columns, targets });
  const envelope = envelopeFor(depth);
  const { heights, places, borders } = envelope;
  for (let column = 0; column < columns.w.length; column++) {
    const count = envelopeAlongColumn(envelope, { grid, columns, nearest, column });
    for (let n = columns.first[column], k = 0; n < columns.first[column + 1]; n++) {
      const query = columns.members[n];
      const d = Math.floor(queries[query] / (height * width));
      while (k < count - 1 && borders[k + 1] < d) k++;
      const step = (d - places[k]) * grid.spacingMm[0];
      visit(query, count === 0 ? Infinity : Math.sqrt(heights[places[k]] + step * step));
    }
  }
}

/** The columns along D in which queries lie, by W, then by H. */
interface Columns {
  readonly w: Uint16Array;
  readonly h: Uint16Array;
  /** The queries in column n are `members[first[n]]` up to, not including, `members[first[n + 1]]`, ascending along D. */
  readonly first: Uint32Array;
  readonly members: Uint32Array;
}

function columnsOf(queries: Uint32Array, [, height, width]: Triple): Columns {
  const plane = height * width;
  const counts = new Uint32Array(plane);
  for (const index of queries) counts[index % plane]++;
  const asked: number[] = [];
  for (let w = 0; w < width; w++)
    for (let place = w; place < plane; place += width) if (counts[place] > 0) asked.push(place);
  const first = new Uint32Array(asked.length + 1);
  const next = new Uint32Array(plane);
  for (const [n, place] of asked.entries()) {
    next[place] = first[n];
    first[n + 1] = first[n] + counts[place];
  }
  const members = new Uint32Array(queries.length);
  for (let query = 0; query < queries.length; query++) members[next[queries[query] % plane]++] = query;
  const w = Uint16Array.from(asked, (place) => place % width);
  const h = Uint16Array.from(asked, (place) => Math.floor(place / width));
  return { w, h, first, members };
}

/** The row and the column of the nearest target in the plane, [D, columns]; planes without a target are not filled. */
interface NearestInPlanes {
  readonly rows: Uint16Array;
  readonly columns: Uint16Array;
  readonly hasTarget: Uint8Array;
}

function nearestInPlanes(
  { shape: [depth, height, width], spacingMm }: PointGrid,
  { columns, targets }: { readonly columns: Columns; readonly targets: Uint32Array },
): NearestInPlanes {
  const cells = columns.w.length * depth;
  const nearest = { rows: new Uint16Array(cells), columns: new Uint16Array(cells), hasTarget: new Uint8Array(depth) };
  const askedW = Uint16Array.from(new Set(columns.w));
  const inRows = new Uint16Array(askedW.length * height);
  const envelope = envelopeFor(height);
  for (let from = 0; from < targets.length; ) {
    const d = Math.floor(targets[from] / (height * width));
    inRows.fill(NONE);
    for (const end = (d + 1) * height * width; from < targets.length && targets[from] < end; )
      from = nearestInRow(inRows, { targets, from, askedW, height, width });
    nearestAcrossRows(nearest, { inRows, askedW, columns, envelope, spacingMm, height, d });
    nearest.hasTarget[d] = 1;
  }
  return nearest;
}

interface RowWork {
  readonly targets: Uint32Array;
  readonly from: number;
  readonly askedW: Uint16Array;
  readonly height: number;
  readonly width: number;
}

/** The nearest target in its own row for each place that is asked for, [asked, H]. Returns where the next row begins. */
function nearestInRow(inRows: Uint16Array, { targets, from, askedW, height, width }: RowWork): number {
  const row = Math.floor(targets[from] / width);
  const start = row * width;
  let stop = from;
  while (stop < targets.length && targets[stop] < start + width) stop++;
  for (let asked = 0, t = from; asked < askedW.length; asked++) {
    const at = start + askedW[asked];
    while (t + 1 < stop && Math.abs(targets[t + 1] - at) < Math.abs(targets[t] - at)) t++;
    inRows[asked * height + (row % height)] = targets[t] - start;
  }
  return stop;
}

interface PlaneWork {
  readonly inRows: Uint16Array;
  readonly askedW: Uint16Array;
  readonly columns: Columns;
  readonly envelope: Envelope;
  readonly spacingMm: Triple;
  readonly height: number;
  readonly d: number;
}

function nearestAcrossRows(
  nearest: NearestInPlanes,
  { inRows, askedW, columns, envelope, spacingMm, height, d }: PlaneWork,
): void {
  const { heights, places, borders } = envelope;
  const plane = d * columns.w.length;
  for (let asked = 0, column = 0; asked < askedW.length; asked++) {
    const w = askedW[asked];
    const row = asked * height;
    for (let h = 0; h < height; h++) {
      const step = (w - inRows[row + h]) * spacingMm[2];
      heights[h] = inRows[row + h] === NONE ? Infinity : step * step;
    }
    const last = lowerEnvelope(envelope, height, spacingMm[1]) - 1;
    for (let k = 0; column < columns.w.length && columns.w[column] === w; column++) {
      while (k < last && borders[k + 1] < columns.h[column]) k++;
      nearest.rows[plane + column] = places[k];
      nearest.columns[plane + column] = inRows[row + places[k]];
    }
  }
}

interface ColumnWork {
  readonly grid: PointGrid;
  readonly columns: Columns;
  readonly nearest: NearestInPlanes;
  readonly column: number;
}

function envelopeAlongColumn(envelope: Envelope, { grid, columns, nearest, column }: ColumnWork): number {
  const { shape, spacingMm } = grid;
  const w = columns.w[column];
  const h = columns.h[column];
  for (let d = 0, i = column; d < shape[0]; d++, i += columns.w.length) {
    const across = (w - nearest.columns[i]) * spacingMm[2];
    const down = (h - nearest.rows[i]) * spacingMm[1];
    envelope.heights[d] = nearest.hasTarget[d] === 1 ? across * across + down * down : Infinity;
  }
  return lowerEnvelope(envelope, shape[0], spacingMm[0]);
}
