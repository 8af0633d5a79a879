import type { PatientOf } from "../evaluate/statistics/by-patient.ts";
import { groupedBy } from "../evaluate/statistics/grouped.ts";
import { averagedOverRepeats, type MethodScore } from "../evaluate/statistics/method-scores.ts";
import type {
  BenchmarkResults,
  Cell,
  Confusion,
  CurvePoint,
  ExampleSlice,
  FailedCell,
  MeasuredCost,
  ReportedClass,
  ReportedMethod,
  StructureSize,
} from "./benchmark-results.ts";
import { type MethodLook, methodLooks } from "./method-looks.ts";

/** A benchmark's results on one data set, as tables and charts ask for them. */
export interface ReportedDataset {
  readonly name: string;
  /** The name as letters, digits and hyphens, no other data set's. */
  readonly slug: string;
  /** Common ones first, the rarest last. */
  readonly classes: readonly ReportedClass[];
  /** All of the benchmark, in its order. */
  readonly methods: readonly NamedMethod[];
  /** One for each case, class, metric and method: the mean over the runs that held the case out. */
  readonly scores: readonly MethodScore[];
  readonly sizes: readonly StructureSize[];
  readonly curves: readonly CurvePoint[];
  readonly costs: readonly MeasuredCost[];
  readonly confusions: readonly Confusion[];
  readonly slices: readonly ExampleSlice[];
  readonly failures: readonly FailedCell[];
  readonly missing: readonly Cell[];
  /** Whose case it is; the case itself where nobody says. */
  readonly patientOf: PatientOf;
}

/** A method as tables and charts show it. */
export interface NamedMethod {
  readonly key: string;
  readonly name: string;
  readonly look: MethodLook;
}

/** The results one data set at a time, in the order in which the classes name them. */
export function reportedDatasets(results: BenchmarkResults): readonly ReportedDataset[] {
  const methods = namedMethods(results.methods);
  return [...groupedBy(results.classes, ({ dataset }) => dataset)].map(([name, classes], index) => {
    const own = <T extends { readonly dataset: string }>(rows: readonly T[]) =>
      rows.filter(({ dataset }) => dataset === name);
    const patients = new Map(own(results.scores).map((score) => [score.case, score.patient]));
    return {
      name,
      slug: `${index + 1}-${
        name
          .match(/[A-Za-z0-9]+/g)
          ?.join("-")
          .slice(0, 40) ?? "set"
      }`,
      classes: classes.toSorted((first, second) => second.frequency - first.frequency),
      methods,
      scores: averagedOverRepeats(own(results.scores)),
      sizes: own(results.sizes),
      curves: own(results.curves),
      costs: own(results.costs),
      confusions: own(results.confusions),
      slices: own(results.slices),
      failures: own(results.failures),
      missing: own(results.missing),
      patientOf: (caseName) => patients.get(caseName) ?? caseName,
    };
  });
}

/** The shortest names that tell the methods apart. */
function namedMethods(methods: readonly ReportedMethod[]): readonly NamedMethod[] {
  const networks = new Set(methods.map(({ network }) => network));
  const trainings = new Set(methods.map(({ training }) => training));
  const names = methods.map(({ network, training }) => {
    if (trainings.size === 1) return network;
    return networks.size === 1 ? training : `${network}, ${training}`;
  });
  const areUnique = new Set(names).size === names.length;
  const looks = methodLooks(methods);
  return methods.map(({ key }, index) => ({ key, name: areUnique ? names[index] : key, look: looks[index] }));
}
