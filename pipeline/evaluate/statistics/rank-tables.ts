import { casePerPatient, inCaseOrder, type PatientOf } from "./by-patient.ts";
import { meanOf } from "./describe.ts";
import { type Better, badnessOf } from "./direction.ts";
import { type ClassTable, classTables, type MethodScore, pairedScores, type UnpairedRule } from "./method-scores.ts";
import { averageRanks } from "./ranks.ts";

/** Scores added up per patient, so that a resample of patients is ranked without its cases. */
export interface RankTables {
  readonly methods: readonly string[];
  /** Indices of all patients. */
  readonly patients: readonly number[];
  readonly classes: readonly ClassSums[];
}

/** Sum and count of the defined scores of each method (rows) and patient (columns). */
interface ClassSums {
  readonly label: string;
  readonly sums: readonly Float64Array[];
  readonly counts: readonly Float64Array[];
}

/** Values of all methods, in their order, and ranks by them. */
export interface Ranked {
  readonly values: readonly number[];
  readonly ranks: readonly number[];
}

/** Ranks per class and over classes. */
export interface Ranks {
  readonly classes: readonly Ranked[];
  readonly meanOfRanks: Ranked;
  readonly rankOfMeans: Ranked;
}

/** Adds the scores of one metric up. Errors: as `classTables` and `pairedScores` */
export function rankTables(
  scores: readonly MethodScore[],
  {
    patientOf = casePerPatient,
    unpaired = "refuse",
  }: { readonly patientOf?: PatientOf | undefined; readonly unpaired?: UnpairedRule | undefined },
): RankTables {
  const methods = [...new Set(scores.map(({ method }) => method))];
  const names = new Set(inCaseOrder(scores).map((each) => patientOf(each.case)));
  const patients = new Map([...names].map((name, index) => [name, index]));
  const indexOf = (caseName: string) => patients.get(patientOf(caseName)) ?? -1;
  const classes = classTables(scores).map((table) => classSums(table, { methods, unpaired, indexOf, patients }));
  return { methods, patients: [...patients.values()], classes };
}

interface SumOptions {
  readonly methods: readonly string[];
  readonly unpaired: UnpairedRule;
  readonly indexOf: (caseName: string) => number;
  readonly patients: ReadonlyMap<string, number>;
}

function classSums(table: ClassTable, { methods, unpaired, indexOf, patients }: SumOptions): ClassSums {
  const sums = methods.map(() => new Float64Array(patients.size));
  const counts = methods.map(() => new Float64Array(patients.size));
  for (const { case: name, values } of pairedScores(table, { methods, unpaired }).cases)
    for (const [method, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      sums[method][indexOf(name)] += value;
      counts[method][indexOf(name)]++;
    }
  return { label: table.label, sums, counts };
}

/** Ranks methods on some patients, one who was drawn twice counting twice. */
export function ranksIn(
  { methods, classes }: RankTables,
  { drawn, better }: { readonly drawn: readonly number[]; readonly better: Better },
): Ranks {
  const badness = badnessOf(better);
  const byBadness = (values: readonly number[]): Ranked => ({ values, ranks: averageRanks(values.map(badness)) });
  const perClass = classes.map(({ sums, counts }) => byBadness(methodMeans({ sums, counts }, drawn)));
  const scored = perClass.filter(({ values }) => !values.every(Number.isNaN));
  const overClasses = (pick: (own: Ranked, method: number) => number) =>
    methods.map((_, method) => meanOf(scored.map((own) => pick(own, method))));
  const meanRanks = overClasses(({ ranks }, method) => ranks[method]);
  return {
    classes: perClass,
    meanOfRanks: { values: meanRanks, ranks: averageRanks(meanRanks) },
    rankOfMeans: byBadness(overClasses(({ values }, method) => values[method])),
  };
}

function methodMeans({ sums, counts }: Omit<ClassSums, "label">, drawn: readonly number[]): readonly number[] {
  return sums.map((own, method) => {
    let [sum, count] = [0, 0];
    for (const patient of drawn) {
      sum += own[patient];
      count += counts[method][patient];
    }
    return sum / count;
  });
}
