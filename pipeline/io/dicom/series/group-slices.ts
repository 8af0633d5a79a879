import { dirname } from "node:path";
import type { Slice } from "./slice.ts";

/** Slices that belong into one volume. */
export interface SliceGroup {
  /** Of study and series; never of the patient. */
  readonly seriesUid: string;
  /** Names the volume among those of its series; the same whenever the same files are read. */
  readonly part: string;
  readonly slices: readonly Slice[];
  /** Why the series holds more than this group. */
  readonly kind: "whole" | "contrast" | "time" | "mixed";
  /** Share of the series's slices. */
  readonly share: number;
}

/** Direction cosines and spacings that differ by no more belong together. */
const SAME_NUMBER = 1e-3;

/** Positions nearer to each other than this are the same. Units: mm */
const SAME_POSITION_MM = 0.01;

/**
 * Sorts slices into volumes: by study and series, then size, spacing and orientation, then contrast, then time where
 * positions repeat.
 *
 * Empty:  a file with neither series nor frame of reference is a series of its own
 */
export function groupSlices(slices: readonly Slice[]): readonly SliceGroup[] {
  return [...groupBy(slices, seriesKeyOf)].flatMap(([, series]) => volumesOf(series));
}

/** De-identification may empty the series UID: then a folder and a frame of reference stand for it. */
function seriesKeyOf({ image, file }: Slice): string {
  const { studyInstanceUid = "", seriesInstanceUid, frameOfReferenceUid, modality, seriesDescription } = image;
  if (seriesInstanceUid !== undefined) return JSON.stringify([studyInstanceUid, seriesInstanceUid]);
  if (frameOfReferenceUid === undefined) return JSON.stringify([studyInstanceUid, file]);
  return JSON.stringify([studyInstanceUid, dirname(file), frameOfReferenceUid, modality, seriesDescription]);
}

function volumesOf(series: readonly Slice[]): readonly SliceGroup[] {
  const geometries = geometriesOf(series);
  return geometries.flatMap((members, g) => {
    const contrasts = [...groupBy(members, ({ contrast }) => contrast)];
    return contrasts.flatMap(([contrast, some]) => {
      const times = timePointsOf(some);
      return times.map((point, t): SliceGroup => {
        const parts = [
          geometries.length > 1 ? `geometry ${g + 1}` : "",
          contrasts.length > 1 ? contrast || "contrast unnamed" : "",
          times.length > 1 ? `time ${t + 1}` : "",
        ];
        const kind =
          geometries.length > 1 ? "mixed" : times.length > 1 ? "time" : contrasts.length > 1 ? "contrast" : "whole";
        return {
          seriesUid: point[0].image.seriesInstanceUid ?? "",
          part: parts.filter((text) => text !== "").join(", "),
          slices: point,
          kind,
          share: members.length / series.length,
        };
      });
    });
  });
}

/** Slices of one size whose spacing and orientation are nearly those of the first of them. */
function geometriesOf(series: readonly Slice[]): readonly (readonly Slice[])[] {
  const geometries: Slice[][] = [];
  // By the very numbers first: a hostile file may have another orientation for each of its frames.
  for (const [, same] of groupBy(series, numbersKeyOf)) {
    const alike = geometries.find(([first]) => isAlike(first, same[0]));
    if (alike === undefined) geometries.push([...same]);
    else for (const slice of same) alike.push(slice);
  }
  return geometries;
}

function numbersKeyOf({ image, orientation, spacingMm }: Slice): string {
  return JSON.stringify([image.rows, image.columns, orientation, spacingMm]);
}

function isAlike(first: Slice, other: Slice): boolean {
  if (first.image.rows !== other.image.rows || first.image.columns !== other.image.columns) return false;
  return areNear(first.orientation, other.orientation) && areNear(first.spacingMm, other.spacingMm);
}

function areNear(first: readonly number[] | undefined, other: readonly number[] | undefined): boolean {
  if (first === undefined || other === undefined) return first === other;
  return first.every((value, i) => Math.abs(value - other[i]) <= SAME_NUMBER);
}

/** Where positions repeat, the first clock that splits the slices into volumes without repetition; else all of them. */
function timePointsOf(slices: readonly Slice[]): readonly (readonly Slice[])[] {
  if (!repeatsPositions(slices)) return [slices];
  for (const [clock] of slices[0].times.entries()) {
    const points = [...groupBy(slices, ({ times }) => String(times[clock]))]
      .sort(([one], [other]) => one.localeCompare(other, "en", { numeric: true }))
      .map(([, point]) => point);
    const isSplit = points.length > 1 && points.every((point) => point.length === points[0].length);
    if (isSplit && !points.some(repeatsPositions)) return points;
  }
  return [slices];
}

function repeatsPositions(slices: readonly Slice[]): boolean {
  const cell = (mm: number) => Math.round(mm / SAME_POSITION_MM);
  const places = slices.map(({ positionXyz, file, frame }) => positionXyz?.map(cell).join() ?? `${file} ${frame}`);
  return new Set(places).size < places.length;
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
