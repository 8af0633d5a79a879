import { parentPort, workerData } from "node:worker_threads";
import { isNamedError, type Problem } from "../../volume/errors.ts";
import { openPreparedCase } from "../prepare/prepared-case-file.ts";
import type { Batch } from "./batch.ts";
import { type BatchRecipe, batchMaker } from "./make-batch.ts";

/** The batch that is asked for; `round` counts how often chances were set. */
export interface ThreadRequest {
  readonly step: number;
  readonly round: number;
}

/** What a thread is told: a request, or chances for the requests after it. */
export type ThreadMessage = ThreadRequest | { readonly chances: Float32Array };

/** What a thread answers to the number of a step. */
export type ThreadAnswer = ThreadRequest &
  (
    | { readonly kind: "batch"; readonly batch: Batch }
    | { readonly kind: "named"; readonly name: string; readonly problem: Problem }
    | { readonly kind: "error"; readonly error: unknown }
  );

const { make, setChances } = batchMaker(workerData as BatchRecipe, openPreparedCase);

parentPort?.on("message", (message: ThreadMessage) => {
  if ("chances" in message) return setChances(message.chances);
  const answer = answerTo(message);
  const arrays = answer.kind === "batch" ? arraysOf(answer.batch) : [];
  parentPort?.postMessage(
    answer,
    arrays.map(({ buffer }) => buffer as ArrayBuffer),
  );
});

function arraysOf({ image, labels, distances }: Batch): readonly Float32Array[] {
  return distances === undefined ? [image, labels] : [image, labels, distances];
}

function answerTo(request: ThreadRequest): ThreadAnswer {
  try {
    return { ...request, kind: "batch", batch: make(request.step) };
  } catch (error) {
    // An error that is sent between threads loses its class.
    if (isNamedError(error)) return { ...request, kind: "named", name: error.name, problem: error.problem };
    return { ...request, kind: "error", error };
  }
}
