import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyDataset } from "./tiny-dataset.ts";

/** Two ways to train one small network on boxes in noise, two folds, a few steps. */
export const boxesSpec = {
  schema: "rarevox-benchmark/1",
  title: "Boxes",
  datasets: [{ name: "boxes", foldCount: 2, plan: { features: 4 } }],
  networks: [{ name: "unet", settings: { kind: "unet" } }],
  trainings: [
    { name: "ce", config: { loss: { terms: [{ kind: "cross-entropy" }] } } },
    { name: "dice", config: { loss: { terms: [{ kind: "dice" }] } } },
  ],
  config: { validateEvery: 3, validationCases: 1, warmUpSteps: 0, averageDecay: 0.5, learningRate: 0.01 },
  budget: { steps: 6 },
  metrics: ["dice", "hd95"],
};

/** Writes the boxes and a specification beside them; gives the paths of both. */
export function writeBoxesBenchmark(folder: string, changes: object = {}, name = "spec.json") {
  const data = join(folder, "data");
  mkdirSync(folder, { recursive: true });
  if (!existsSync(data)) writeTinyDataset(data);
  const spec = join(folder, name);
  writeFileSync(spec, JSON.stringify({ ...boxesSpec, ...changes }));
  return { spec, data };
}

/** The folders of a benchmark's cells, by hash. */
export function cellsIn(out: string): readonly string[] {
  const folder = join(out, "cells");
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** The text of a file in each cell that has it, by hash. */
export function textsIn(out: string, file: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    cellsIn(out).flatMap((hash) => {
      const path = join(out, "cells", hash, file);
      return existsSync(path) ? [[hash, readFileSync(path, "utf8")]] : [];
    }),
  );
}
