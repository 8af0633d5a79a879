/** What a benchmark measured, as its tables and its report are made from. */
export interface BenchmarkResults {
  readonly title: string;
  readonly classes: readonly ReportedClass[];
  readonly methods: readonly ReportedMethod[];
  /** Key of the method that the others are tested against. */
  readonly baseline: string;
  /** Methods are compared on scores of the same case and class. */
  readonly scores: readonly BenchmarkScore[];
  readonly sizes: readonly StructureSize[];
  readonly curves: readonly CurvePoint[];
  readonly costs: readonly MeasuredCost[];
  readonly confusions: readonly Confusion[];
  readonly slices: readonly ExampleSlice[];
  readonly failures: readonly FailedCell[];
  /** Cells that were planned and not run yet. */
  readonly missing: readonly Cell[];
  /** What was done, by name, for the methods section: data sets, folds, seeds, budget, versions, machine. */
  readonly facts: Readonly<Record<string, string>>;
}

/** A class of a data set. */
export interface ReportedClass {
  readonly dataset: string;
  readonly id: number;
  readonly name: string;
  /** Share of all voxels of the data set. */
  readonly frequency: number;
  /** `#rrggbb` */
  readonly color: string;
}

/** A network with a way to train it. */
export interface ReportedMethod {
  readonly key: string;
  readonly network: string;
  readonly training: string;
}

/** Where in a benchmark something was measured. */
export interface Cell {
  readonly dataset: string;
  readonly method: string;
  readonly fold: number;
  readonly seed: number;
}

/** One metric of one class in one held-out case. */
export interface BenchmarkScore extends Cell {
  readonly case: string;
  /** Whose case it is, where the data set says so: patients, not cases, are independent of each other. */
  readonly patient?: string;
  readonly label: string;
  readonly metric: string;
  /** NaN where the metric is not defined. */
  readonly value: number;
}

/** How large the structure of a class is in the reference of a case. */
export interface StructureSize {
  readonly dataset: string;
  readonly case: string;
  readonly label: string;
  /** 0 where the case holds none. */
  readonly ml: number;
}

/** Validation Dice of a class while training. */
export interface CurvePoint extends Cell {
  readonly step: number;
  readonly seconds: number;
  readonly label: string;
  readonly dice: number;
}

/** What a cell cost, each number measured, NaN where it could not be. */
export interface MeasuredCost extends Cell {
  readonly parameters: number;
  /** Floating-point operations of one patch through the network, multiplications and additions counted apart. */
  readonly flopsPerPatch: number;
  readonly steps: number;
  readonly trainingSeconds: number;
  /** Median over the cell's cases, reading and scoring apart. */
  readonly inferenceSecondsPerCase: number;
  /** Most resident memory that all processes of the cell held at one time. */
  readonly peakMemoryBytes: number;
}

/** Voxels of each reference class (rows, 0 is background) that each class was predicted in (columns), by a method. */
export interface Confusion {
  readonly dataset: string;
  readonly method: string;
  readonly labels: readonly string[];
  readonly voxels: readonly (readonly number[])[];
}

/** A slice with prediction and reference drawn over it. */
export interface ExampleSlice {
  readonly dataset: string;
  readonly method: string;
  readonly case: string;
  readonly rank: "best" | "median" | "worst";
  /** Mean Dice of the case's classes. */
  readonly dice: number;
  readonly png: Uint8Array;
}

/** A cell that came to no scores. */
export interface FailedCell extends Cell {
  readonly problem: string;
}
