import { parentPort } from "node:worker_threads";
import type { PartAnswer, PartKernel, PartMessage } from "./parallel.ts";

parentPort?.on("message", async ({ module, kernel, job, part }: PartMessage) => {
  parentPort?.postMessage(await answerOf({ module, kernel, job, part }));
});

async function answerOf({ module, kernel, job, part }: PartMessage): Promise<PartAnswer> {
  try {
    const exported: Record<string, PartKernel<unknown, unknown>> = await import(module);
    return { result: exported[kernel](job, part) };
  } catch (error) {
    return { error };
  }
}
