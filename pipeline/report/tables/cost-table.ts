import type { DatasetAnalysis } from "../analysis/analyse-dataset.ts";
import type { MethodOverview } from "../analysis/method-overviews.ts";
import { plainText, timeText } from "../number-text.ts";
import type { Table } from "./table.ts";

const columns: readonly { readonly title: string; readonly textOf: (cost: MethodOverview["cost"]) => string }[] = [
  { title: "parameters (M)", textOf: ({ parameters }) => plainText(parameters / 1e6, 3) },
  { title: "GFLOP/patch", textOf: ({ flopsPerPatch }) => plainText(flopsPerPatch / 1e9, 3) },
  { title: "steps", textOf: ({ steps }) => plainText(steps, 1) },
  { title: "training/run", textOf: ({ trainingSeconds }) => timeText(trainingSeconds) },
  { title: "inference/case", textOf: ({ inferenceSecondsPerCase }) => timeText(inferenceSecondsPerCase) },
  { title: "memory (GiB)", textOf: ({ peakMemoryBytes }) => plainText(peakMemoryBytes / 2 ** 30, 3) },
];

/** What each method costs; nothing where no cost was measured. */
export function costTable({ dataset, overviews }: DatasetAnalysis): Table | undefined {
  if (dataset.costs.length === 0) return undefined;
  return {
    name: `costs-${dataset.slug}`,
    title: `What each method costs: ${dataset.name}`,
    columns: [{ title: "Method", align: "left" }, ...columns.map(({ title }) => ({ title, align: "right" as const }))],
    groups: [
      {
        rows: overviews.map(({ method, cost }) => [
          { text: method.name },
          ...columns.map(({ textOf }) => ({ text: textOf(cost) })),
        ]),
      },
    ],
    notes: [
      "Means over runs. FLOP: floating-point operations of one patch through the network, multiplications and additions " +
        "counted apart. Inference: the median over a run's cases, reading and scoring apart. Memory: the most that all " +
        "processes of a run held at one time.",
    ],
  };
}
