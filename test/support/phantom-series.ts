import {
  type IndexToLps,
  indexToLpsFromSteps,
  indexToLpsOf,
  type Triple,
  transformPoint,
} from "../../pipeline/volume/affine.ts";
import type { LabelClass } from "../../pipeline/volume/label-class.ts";
import type { Random } from "../../pipeline/volume/random.ts";
import type { DicomOrigin, Scan } from "../../pipeline/volume/scan.ts";
import { type Grid, type LabelArray, type LabelMap, volumeOf, voxelCountOf } from "../../pipeline/volume/volume.ts";

/** What a DICOM reader would remember of a CT series on this grid, of a patient who does not exist. */
export function originOnGrid(grid: Grid, { multiFrame = false }: { readonly multiFrame?: boolean } = {}): DicomOrigin {
  const slices = Array.from({ length: grid.shape[0] }, (_, d) => ({
    sopClassUid: multiFrame ? "1.2.840.10008.5.1.4.1.1.2.1" : "1.2.840.10008.5.1.4.1.1.2",
    sopInstanceUid: multiFrame ? "2.25.4001" : `2.25.${5001 + d}`,
    // Frames in the file run against the volume, as they may.
    ...(multiFrame ? { frameNumber: grid.shape[0] - d } : {}),
    positionXyz: transformPoint(grid.indexToLps, [d, 0, 0]),
  }));
  return {
    studyInstanceUid: "2.25.1001",
    seriesInstanceUid: "2.25.2001",
    frameOfReferenceUid: "2.25.3001",
    grid,
    slices,
    attributes: {
      PatientName: ["Phantom^Jörg"],
      PatientID: ["P-1"],
      PatientBirthDate: ["19700102"],
      PatientSex: ["O"],
      StudyDate: ["20200304"],
      StudyTime: ["050607"],
      StudyID: ["7"],
      AccessionNumber: [],
      ReferringPhysicianName: [],
      PositionReferenceIndicator: [],
    },
  };
}

/** Grid whose rows, columns and slices run along the columns of a rotation by three angles. */
export function obliqueGrid(
  shape: Triple,
  { spacingMm, angles, originXyz }: { spacingMm: Triple; angles: Triple; originXyz: Triple },
): Grid {
  return { shape, indexToLps: rotated(spacingMm, angles, originXyz) };
}

function rotated([stepD, stepH, stepW]: Triple, [a, b, c]: Triple, originXyz: Triple): IndexToLps {
  const [sa, ca, sb, cb, sc, cc] = [Math.sin(a), Math.cos(a), Math.sin(b), Math.cos(b), Math.sin(c), Math.cos(c)] as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const x = [ca * cb, sa * cb, -sb];
  const y = [ca * sb * sc - sa * cc, sa * sb * sc + ca * cc, cb * sc];
  const z = [ca * sb * cc + sa * sc, sa * sb * cc - ca * sc, cb * cc];
  const times = (vector: readonly number[], step: number) => vector.map((value) => value * step);
  return indexToLpsFromSteps(
    { d: times(z, stepD), h: times(y, stepH), w: times(x, stepW) },
    { originXyz, where: "test" },
  );
}

/** Classes of the gastrointestinal tract, whose names have codes. */
export const gutClasses: readonly LabelClass[] = ["stomach", "duodenum", "appendix", "cecum", "rectum"].map(
  (name, index) => ({ id: index + 1, name, colorRgb: [40 * index, 255 - 50 * index, 128] }),
);

/** Labels in random boxes, background between them. */
export function randomLabels(
  grid: Grid,
  {
    random,
    ids,
    Array: Kind = Uint8Array,
  }: { random: Random; ids: readonly number[]; Array?: new (n: number) => LabelArray },
): LabelMap {
  const [depth, height, width] = grid.shape;
  const data = new Kind(voxelCountOf(grid.shape));
  for (const id of ids) {
    const [d0, h0, w0] = [random.integer(0, depth), random.integer(0, height), random.integer(0, width)];
    const [d1, h1, w1] = [random.integer(d0, depth), random.integer(h0, height), random.integer(w0, width)];
    for (let d = d0; d <= d1; d++)
      for (let h = h0; h <= h1; h++) data.fill(id, (d * height + h) * width + w0, (d * height + h) * width + w1 + 1);
  }
  return volumeOf(data, grid);
}

/** A scan that is a label map and nothing else. */
export function scanOfLabels(labels: LabelMap, classes: readonly LabelClass[], dicom?: DicomOrigin): Scan {
  return {
    format: "test",
    channels: [labels],
    modality: undefined,
    warnings: [],
    inputs: [],
    classes,
    ...(dicom === undefined ? {} : { dicom }),
  };
}

/** Labels with their axes permuted and flipped in all 48 ways, each at its patient position, built voxel by voxel. */
export function reorderings(labels: LabelMap): readonly LabelMap[] {
  const orders: readonly Triple[] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  return orders.flatMap((order) => Array.from({ length: 8 }, (_, flips) => reordered(labels, order, flips)));
}

function reordered({ data, shape, indexToLps }: LabelMap, order: Triple, flips: number): LabelMap {
  const newShape: Triple = [shape[order[0]], shape[order[1]], shape[order[2]]];
  const oldIndexOf = (index: Triple) => {
    const old: [number, number, number] = [0, 0, 0];
    for (const [axis, source] of order.entries())
      old[source] = (flips >> axis) & 1 ? shape[source] - 1 - index[axis] : index[axis];
    return old;
  };
  const moved = new Uint8Array(data.length);
  let i = 0;
  for (let d = 0; d < newShape[0]; d++)
    for (let h = 0; h < newShape[1]; h++)
      for (let w = 0; w < newShape[2]; w++, i++) {
        const [p, q, r] = oldIndexOf([d, h, w]);
        moved[i] = data[(p * shape[1] + q) * shape[2] + r];
      }
  const origin = transformPoint(indexToLps, oldIndexOf([0, 0, 0]));
  const step = (axis: number) => {
    const unit: [number, number, number] = [0, 0, 0];
    unit[axis] = 1;
    return transformPoint(indexToLps, oldIndexOf(unit)).map((value, n) => value - origin[n]);
  };
  const [d, h, w] = [step(0), step(1), step(2)] as [number[], number[], number[]];
  const rows = [0, 1, 2].flatMap((n) => [d[n], h[n], w[n], origin[n]] as number[]);
  return volumeOf(moved, { shape: newShape, indexToLps: indexToLpsOf([...rows, 0, 0, 0, 1], "test") });
}
