import { runtimeVersion } from "../runtime/onnx-runtime.ts";
import { leaks } from "../train/plan/leaks.ts";
import { version } from "../volume/version.ts";
import { readRecord } from "./cell-folder.ts";
import type { PlannedBenchmark } from "./plan-benchmark.ts";
import type { PlannedCell } from "./plan-cells.ts";
import { rulesText, scoringRulesOf } from "./scoring-rules.ts";
import type { BenchmarkSpec } from "./spec-schema.ts";
import type { StudiedDataset } from "./study-dataset.ts";
import type { TrainedCell } from "./train-cell.ts";

/** What was done in a benchmark, in words by name. */
export async function factsOf(
  { spec, studies, cells }: PlannedBenchmark,
  done: readonly PlannedCell[],
): Promise<Readonly<Record<string, string>>> {
  const trained = await Promise.all(done.map(({ place }) => readRecord<TrainedCell>(place.trained)));
  const all = (key: "device" | "machine") => [...new Set(trained.flatMap((each) => each?.[key] ?? []))].join("; ");
  return {
    ...Object.fromEntries(studies.map((study) => [`data set ${study.spec.name}`, datasetText(study)])),
    folds: studies.map((study) => `${study.spec.name}: ${foldsText(study, cells)}`).join("; "),
    ...leakFacts(studies),
    seeds: [...new Set(cells.map(({ seed }) => seed))].join(", "),
    budget: budgetText(spec.budget),
    "delivered weights":
      "those of the last step (their moving average where one is kept), so that no held-out case had a say in them",
    plan: "spacing, normalisation and class frequencies from all cases of a data set, as nnU-Net takes them",
    patches: [...new Set(cells.map(patchText))].join("; "),
    scores: rulesText(scoringRulesOf(spec)),
    machines: all("machine"),
    devices: all("device"),
    versions: `rarevox ${version}, ONNX Runtime ${runtimeVersion}, Node ${process.versions.node}`,
  };
}

function datasetText({ dataset }: StudiedDataset): string {
  const { name, training, license, reference } = dataset;
  const patients = new Set(training.flatMap(({ patient }) => patient ?? []));
  const whose = patients.size === 0 ? "" : ` of ${patients.size} patients`;
  return [`${name}, ${training.length} cases${whose}`, license, reference].filter(Boolean).join("; ");
}

function foldsText({ spec, folds }: StudiedDataset, cells: readonly PlannedCell[]): string {
  const used = [...new Set(cells.filter(({ dataset }) => dataset === spec.name).map(({ fold }) => fold))];
  const kind = spec.split === "nnunet" ? "as nnU-Net draws them" : "stratified by class, patients kept together";
  return `${used.join(", ")} of ${folds.length} held out in turn, ${kind}`;
}

function budgetText(budget: BenchmarkSpec["budget"]): string {
  if ("steps" in budget) return `${budget.steps} training steps per cell`;
  return `${budget.minutes} minutes of training per cell; the steps they have room for were measured in each cell beforehand`;
}

/** Where folds part what belongs together, readers have to know. */
function leakFacts(studies: readonly StudiedDataset[]): Readonly<Record<string, string>> {
  const found = studies.flatMap(({ spec, fingerprint, folds }) =>
    leaks(fingerprint, folds).map(({ text }) => `${spec.name}: ${text}`),
  );
  return found.length === 0 ? {} : { "shared between folds": found.join("; ") };
}

function patchText({ dataset, method, plan: { batch, patch, spacingMm } }: PlannedCell): string {
  const spacing = spacingMm.map((mm) => Number(mm.toPrecision(4))).join(" x ");
  return `${dataset}, ${method.split("/")[0]}: ${batch} of ${patch.join(" x ")} voxels of ${spacing} mm a step`;
}
