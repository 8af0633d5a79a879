import type { SurfaceDistances, Weighting } from "../surface/surface-distances.ts";

/** Voxels of one class, by what the prediction and the reference say of them. */
export interface VoxelCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** How lesions, the connected regions of a class, of two masks answer each other. */
export interface LesionFacts {
  /** Lesions of the reference of which the prediction holds a voxel, and those of which it holds none. */
  readonly found: number;
  readonly missed: number;
  /** Lesions of the prediction that hold no voxel of the reference. */
  readonly invented: number;
  /** Dice of each of the reference's lesions with all predicted lesions that touch it. */
  readonly lesionDice: readonly number[];
  /** Intersection over union of each pair that shares more than half of what it covers. */
  readonly matchedIou: readonly number[];
  readonly predicted: number;
}

/** A class of which neither mask has a voxel. */
export const noLesions: LesionFacts = {
  found: 0,
  missed: 0,
  invented: 0,
  predicted: 0,
  lesionDice: [],
  matchedIou: [],
};

/** Regions, tunnels and cavities of a mask. */
export type BettiNumbers = readonly [number, number, number];

/** Topology of one class in a prediction and a reference. */
export interface Topology {
  readonly prediction: BettiNumbers;
  readonly reference: BettiNumbers;
  /** Share of each centreline that lies inside the other mask. */
  readonly centrelinePrecision: number;
  readonly centrelineRecall: number;
}

/** A class of which neither mask has a voxel. */
export const noTopology: Topology = {
  prediction: [0, 0, 0],
  reference: [0, 0, 0],
  centrelinePrecision: Number.NaN,
  centrelineRecall: Number.NaN,
};

/** How far probabilities can be believed. */
export interface Calibration {
  readonly expectedError: number;
  readonly brier: number;
}

/** What was gathered of one class of a case; each metric says which of it it needs. */
export interface ClassFacts {
  readonly counts: VoxelCounts;
  readonly voxelMl: number;
  /** Surface distance that does not count, in mm. */
  readonly toleranceMm: number;
  /** Share of the stated region that the reference fills. */
  readonly prevalence: number;
  /** By how surfaces are taken. */
  readonly surface: Readonly<Partial<Record<Weighting, SurfaceDistances>>>;
  readonly lesions: LesionFacts;
  readonly topology: Topology;
  readonly calibration?: Calibration | undefined;
}
