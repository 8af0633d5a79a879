import { parentPort, workerData } from "node:worker_threads";
import { isNamedError, type Problem } from "../../volume/errors.ts";
import { openPreparedCase } from "../prepare/prepared-case-file.ts";
import type { Batch } from "./batch.ts";
import { type BatchRecipe, batchMaker } from "./make-batch.ts";

/** What a thread answers to the number of a step. */
export type ThreadAnswer = { readonly step: number } & (
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "named"; readonly name: string; readonly problem: Problem }
  | { readonly kind: "error"; readonly error: unknown }
);

const { make } = batchMaker(workerData as BatchRecipe, openPreparedCase);

parentPort?.on("message", (step: number) => {
  const answer = answerTo(step);
  const arrays = answer.kind === "batch" ? arraysOf(answer.batch) : [];
  parentPort?.postMessage(
    answer,
    arrays.map(({ buffer }) => buffer as ArrayBuffer),
  );
});

function arraysOf({ image, labels, distances }: Batch): readonly Float32Array[] {
  return distances === undefined ? [image, labels] : [image, labels, distances];
}

function answerTo(step: number): ThreadAnswer {
  try {
    return { step, kind: "batch", batch: make(step) };
  } catch (error) {
    // An error that is sent between threads loses its class.
    if (isNamedError(error)) return { step, kind: "named", name: error.name, problem: error.problem };
    return { step, kind: "error", error };
  }
}
