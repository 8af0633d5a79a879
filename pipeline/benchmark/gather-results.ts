import { meanDiceOf } from "../evaluate/confusion.ts";
import type {
  BenchmarkResults,
  BenchmarkScore,
  Cell,
  Confusion,
  CurvePoint,
  FailedCell,
  MeasuredCost,
  ReportedClass,
  StructureSize,
} from "../report/benchmark-results.ts";
import { inOrder } from "../train/in-order.ts";
import { readLog } from "../train/training-log.ts";
import type { CaseScores } from "./case-records.ts";
import type { CellCost } from "./cell-cost.ts";
import { readCellState, readRecord } from "./cell-folder.ts";
import { exampleSlices, type ScoredCase } from "./example-slices.ts";
import { factsOf } from "./facts-of.ts";
import { baselineOf, methodsOf } from "./methods-of.ts";
import type { PlannedBenchmark } from "./plan-benchmark.ts";
import type { PlannedCell } from "./plan-cells.ts";
import { caseScoresOf } from "./run-cell.ts";
import { rulesKeyOf, scoredClassesOf, scoringRulesOf } from "./scoring-rules.ts";
import type { StudiedDataset } from "./study-dataset.ts";
import { stepsIn } from "./train-cell.ts";

/** All that the cells of a benchmark came to so far, whoever ran them. Errors: as `exampleSlices` */
export async function gatherResults(benchmark: PlannedBenchmark): Promise<BenchmarkResults> {
  const { spec, studies, cells } = benchmark;
  const rules = rulesKeyOf(scoringRulesOf(spec));
  const found = await inOrder(cells, (cell) => cellResults(cell, rules), { atOnce: 4 });
  const done = found.filter((each) => each.kind === "done");
  const cases = done.flatMap((each) => each.cases);
  return {
    title: spec.title,
    classes: studies.flatMap((study) => reportedClasses(study, cells)),
    methods: methodsOf(spec).map(({ key, network, training }) => ({
      key,
      network: network.name,
      training: training.name,
    })),
    baseline: baselineOf(spec).key,
    scores: done.flatMap((each) => each.scores),
    sizes: studies.flatMap(structureSizes),
    curves: done.flatMap((each) => each.curves),
    costs: done.map((each) => each.cost),
    confusions: confusionsOf(cases),
    slices: await exampleSlices(cases),
    failures: found.flatMap((each) => (each.kind === "failed" ? [each.failure] : [])),
    missing: found.flatMap((each) => (each.kind === "missing" ? [each.cell] : [])),
    facts: await factsOf(
      benchmark,
      done.map((each) => each.planned),
    ),
  };
}

type CellResults =
  | {
      readonly kind: "done";
      readonly planned: PlannedCell;
      readonly cases: readonly ScoredCase[];
      readonly scores: readonly BenchmarkScore[];
      readonly curves: readonly CurvePoint[];
      readonly cost: MeasuredCost;
    }
  | { readonly kind: "failed"; readonly failure: FailedCell }
  | { readonly kind: "missing"; readonly cell: Cell };

async function cellResults(planned: PlannedCell, rules: string): Promise<CellResults> {
  const { dataset, method, fold, seed, place } = planned;
  const cell: Cell = { dataset, method, fold, seed };
  const state = await readCellState(place);
  if (state?.state === "failed") return { kind: "failed", failure: { ...cell, problem: state.problem } };
  if (state?.state !== "done" || state.rules !== rules) return { kind: "missing", cell };
  const scored = await caseScoresOf(planned, rules);
  return {
    kind: "done",
    planned,
    cases: scored.map((record, index) => scoredCase(record, { planned, index })),
    scores: scoresOf(scored, { cell, planned }),
    curves: await curvesOf(cell, planned),
    cost: { ...cell, ...(await costOf(planned)) },
  };
}

function scoredCase(
  { case: id, confusion }: CaseScores,
  { planned, index }: { readonly planned: PlannedCell; readonly index: number },
): ScoredCase {
  return { id, confusion, dice: meanDiceOf(confusion), cell: planned, files: planned.place.caseFiles(index) };
}

function scoresOf(
  records: readonly CaseScores[],
  { cell, planned }: { readonly cell: Cell; readonly planned: PlannedCell },
): readonly BenchmarkScore[] {
  const patientOf = new Map(planned.study.dataset.training.map(({ id, patient }) => [id, patient]));
  return records.flatMap(({ case: id, scores }) => {
    const patient = patientOf.get(id);
    const whose = patient === undefined ? {} : { patient };
    return scores.map((score) => ({ ...cell, case: id, ...whose, ...score }));
  });
}

async function curvesOf(cell: Cell, { place }: PlannedCell): Promise<readonly CurvePoint[]> {
  const records = await readLog(place.run.log);
  const taken = stepsIn(records);
  return records.flatMap((record) => {
    if (record.kind !== "validation") return [];
    const before = taken.filter(({ step }) => step <= record.step);
    const seconds = before.reduce((sum, step) => sum + step.seconds, 0);
    return Object.entries(record.dice).map(([label, dice]) => ({ ...cell, step: record.step, seconds, label, dice }));
  });
}

/** What could not be measured has no number in JSON. */
async function costOf({ place }: PlannedCell): Promise<CellCost> {
  const cost = (await readRecord<Partial<Record<keyof CellCost, number | null>>>(place.cost)) ?? {};
  const value = (key: keyof CellCost) => cost[key] ?? Number.NaN;
  return {
    parameters: value("parameters"),
    flopsPerPatch: value("flopsPerPatch"),
    steps: value("steps"),
    trainingSeconds: value("trainingSeconds"),
    inferenceSecondsPerCase: value("inferenceSecondsPerCase"),
    peakMemoryBytes: value("peakMemoryBytes"),
  };
}

function confusionsOf(cases: readonly ScoredCase[]): readonly Confusion[] {
  const sums = new Map<string, Confusion>();
  for (const { cell, confusion } of cases) {
    const { dataset, method, study } = cell;
    const key = JSON.stringify([dataset, method]);
    const labels = ["background", ...study.dataset.classes.map(({ name }) => name)];
    const known = sums.get(key)?.voxels ?? confusion.map((row) => row.map(() => 0));
    const voxels = known.map((row, reference) => row.map((sum, found) => sum + confusion[reference][found]));
    sums.set(key, { dataset, method, labels, voxels });
  }
  return [...sums.values()];
}

/** What is scored of a data set, how frequent it is, and its colour; of a region those of its classes. */
function reportedClasses({ spec, dataset }: StudiedDataset, cells: readonly PlannedCell[]): readonly ReportedClass[] {
  const plan = cells.find((cell) => cell.dataset === spec.name)?.plan;
  const frequencies = new Map(plan?.classFrequencies.map(({ id, frequency }) => [id, frequency]));
  const colors = new Map(dataset.classes.map(({ id, colorRgb }) => [id, colorRgb]));
  return scoredClassesOf(dataset).map(({ id, name, labels = [id] }) => ({
    dataset: spec.name,
    id,
    name,
    frequency: labels.reduce((sum, label) => sum + (frequencies.get(label) ?? 0), 0),
    color: hexOf(colors.get(labels[0]) ?? [128, 128, 128]),
  }));
}

/** From the voxels that were counted when the data set was examined. */
function structureSizes({ spec, dataset, fingerprint }: StudiedDataset): readonly StructureSize[] {
  return fingerprint.cases.flatMap(({ id: own, voxels, spacingMm: [d, h, w] }) => {
    const counts = new Map(voxels);
    return scoredClassesOf(dataset).map(({ id, name: label, labels = [id] }) => {
      const count = labels.reduce((sum, each) => sum + (counts.get(each) ?? 0), 0);
      return { dataset: spec.name, case: own, label, ml: (count * d * h * w) / 1000 };
    });
  });
}

function hexOf(rgb: readonly number[]): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
