/** The inference process: opens sessions and runs networks for the process that forked it. Not imported; see engine.ts. */
import { writeFileSync } from "node:fs";
import { isNamedError, ModelError } from "../volume/errors.ts";
import { pieceInbox, sendArrays } from "./array-pieces.ts";
import type { FromChild, LoadAsk, PredictAsk, Requests, ToChild } from "./inference-protocol.ts";
import { runtimeVersion, supportedProviders } from "./onnx-runtime.ts";
import { openPatchNetwork, type PatchNetwork } from "./patch-network.ts";
import { probeDevice } from "./probe.ts";
import { printable } from "./runtime-faults.ts";
import { predictLabels } from "./sliding-window.ts";
import { openTrainingRunner, type TrainingRunner } from "./training-runner.ts";

type Arrays = readonly Uint8Array<ArrayBuffer>[];
interface Reply<K extends keyof Requests> {
  readonly answer: Requests[K]["answer"];
  readonly arrays?: readonly ArrayBufferView[];
}
type Handlers = {
  readonly [K in keyof Requests]: (
    ask: Requests[K]["ask"],
    arrays: Arrays,
    call: { readonly id: number; readonly signal: AbortSignal },
  ) => Promise<Reply<K>>;
};

const inbox = pieceInbox();
const networks = new Map<number, PatchNetwork>();
let training: TrainingRunner | undefined;
const cancels = new Map<number, AbortController>();

const handlers: Handlers = {
  describe: async () => ({ answer: { version: runtimeVersion, providers: supportedProviders() } }),
  probe: async (ask) => ({ answer: await probeDevice(ask) }),
  load: async (ask, arrays) => {
    networks.set(ask.network, await open(ask, arrays));
    return { answer: {} };
  },
  unload: async ({ network }) => {
    await networks.get(network)?.close();
    networks.delete(network);
    return { answer: {} };
  },
  predict: async (ask, [image], { id, signal }) => predict(ask, { image, id, signal }),
  openTraining: async ({ shape, ...options }, [model]) => {
    training = await openTrainingRunner(shape, model, options);
    return { answer: {} };
  },
  trainStep: async (numbers, [image, labels, distances]) => {
    const more = distances === undefined ? {} : { distances: floatsOf(distances) };
    const batch = { image: floatsOf(image), labels: floatsOf(labels), ...more };
    return { answer: await opened(training).step(batch, numbers) };
  },
  readTraining: async () => ({ answer: {}, arrays: opened(training).read() }),
  writeTraining: async (_, arrays) => {
    opened(training).write(arrays.map(floatsOf));
    return { answer: {} };
  },
};

function opened(runner: TrainingRunner | undefined): TrainingRunner {
  if (runner === undefined) throw new Error("no training graph is open");
  return runner;
}

function floatsOf({ buffer }: Uint8Array<ArrayBuffer>): Float32Array {
  return new Float32Array(buffer);
}

async function open({ shape, externalPaths, ...options }: LoadAsk, [model, ...files]: Arrays): Promise<PatchNetwork> {
  const externalData = externalPaths.map((path, i) => ({ path, data: files[i] }));
  return openPatchNetwork(shape, model, { ...options, externalData });
}

async function predict(
  { network, request }: PredictAsk,
  { image, id, signal }: { readonly image: Uint8Array<ArrayBuffer>; readonly id: number; readonly signal: AbortSignal },
): Promise<Reply<"predict">> {
  const loaded = networks.get(network);
  if (loaded === undefined) throw new Error(`network ${network} is not loaded`);
  const { labels, probabilities } = await predictLabels(
    loaded.shape,
    { ...request, image: floatsOf(image) },
    {
      run: loaded.run,
      batchSize: loaded.batchSizeOf(request.batchSize ?? 1),
      onProgress: (done, total) => void send({ kind: "progress", id, done, total }),
      signal,
    },
  );
  const arrays = probabilities === undefined ? [labels] : [labels, probabilities];
  return { answer: { shape: request.outputShape ?? request.shape }, arrays };
}

async function handle<K extends keyof Requests>(id: number, name: K, ask: Requests[K]["ask"]): Promise<void> {
  const cancel = new AbortController();
  cancels.set(id, cancel);
  try {
    const { answer, arrays = [] } = await handlers[name](ask, inbox.take(id), { id, signal: cancel.signal });
    await sendArrays(send, { id, arrays });
    await send({ kind: "answer", id, answer });
  } catch (error) {
    await send({ kind: "fault", id, ...recordOf(error) });
  } finally {
    cancels.delete(id);
  }
}

function recordOf(error: unknown): { name: string; problem: ModelError["problem"] } {
  if (isNamedError(error)) return { name: error.name, problem: error.problem };
  const text = printable(error instanceof Error ? error.message : String(error));
  const { name, problem } = new ModelError({
    code: "M_RUN",
    where: "inference process",
    expected: "a finished request",
    got: text,
    next: "Report this as a fault of rarevox",
  });
  return { name, problem };
}

function send(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}

/** Asks Linux to end this process, not the one with the user's work, when memory runs out. */
function volunteerForOutOfMemory(): void {
  if (process.platform !== "linux") return;
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // A sealed /proc: the system then chooses by itself.
  }
}

volunteerForOutOfMemory();
process.on("SIGINT", () => {
  // Ctrl-C reaches the whole group; the parent decides what becomes of the work.
});
// Native threads may not let `exit` finish, and nothing here needs closing.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("message", (message: ToChild) => {
  if (message.kind === "piece") inbox.add(message);
  else if (message.kind === "cancel") cancels.get(message.id)?.abort();
  else void handle(message.id, message.name, message.ask as never);
});
