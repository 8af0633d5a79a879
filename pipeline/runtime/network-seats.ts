import { ModelError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import type { LabelArray } from "../volume/volume.ts";
import { type InferenceProcess, startInferenceProcess } from "./inference-process.ts";
import type { NetworkSpec, OnProgress, Prediction, PredictRequest } from "./network.ts";

/** A network that an engine has opened. */
export interface LoadedNetwork {
  readonly id: number;
  readonly spec: NetworkSpec;
}

/** Networks and the process they run in; a process that died is started again when next needed. */
export interface NetworkSeats {
  load(network: LoadedNetwork): Promise<void>;
  predict(
    network: LoadedNetwork,
    request: PredictRequest,
    options: { readonly onProgress: OnProgress | undefined; readonly signal: AbortSignal | undefined },
  ): Promise<Prediction>;
  unload(network: LoadedNetwork): Promise<void>;
  close(): Promise<void>;
}

/** Where a network runs, and why it is not where it was meant to. */
interface Seat {
  readonly device: string;
  readonly whollyOnDevice: boolean;
  readonly warnings: readonly Warning[];
}

/** Seats with nothing loaded. `mayFallBack` lets a network that the device cannot run go to the CPU, with a warning. */
export function networkSeats({
  device,
  mayFallBack,
  threads,
  silenceMs,
}: {
  readonly device: string;
  readonly mayFallBack: boolean;
  readonly threads: number;
  readonly silenceMs: number;
}): NetworkSeats {
  const seats = new Map<number, Seat>();
  const opened = new Set<number>();
  let current: InferenceProcess | undefined;

  const process = () => {
    if (current?.alive()) return current;
    opened.clear();
    current = startInferenceProcess();
    return current;
  };
  const open = async ({ id, spec }: LoadedNetwork, { device, whollyOnDevice }: Seat) => {
    const { model, externalData = [], ...shape } = spec;
    const externalPaths = externalData.map(({ path }) => path);
    const ask = { network: id, shape, externalPaths, device, threads, whollyOnDevice };
    const arrays = [model, ...externalData.map(({ data }) => data)];
    await process().ask("load", ask, { where: spec.where, arrays, silenceMs });
    opened.add(id);
  };
  /** Opens a network on the best seat from the `first` on that takes it. */
  const seat = async (network: LoadedNetwork, first: Seat): Promise<Seat> => {
    try {
      await open(network, first);
      seats.set(network.id, first);
      return first;
    } catch (error) {
      const next = nextSeat(network, first, error);
      if (next === undefined) throw error;
      return seat(network, next);
    }
  };
  const nextSeat = ({ spec: { where } }: LoadedNetwork, seat: Seat, error: unknown): Seat | undefined => {
    if (!(error instanceof ModelError) || seat.device === "cpu") return undefined;
    const reason = error.problem.got;
    if (seat.whollyOnDevice) return { ...seat, whollyOnDevice: false, warnings: [partWarning(where, seat.device)] };
    if (!mayFallBack) return undefined;
    return { device: "cpu", whollyOnDevice: false, warnings: [cpuWarning(where, seat.device, reason)] };
  };
  const predict: NetworkSeats["predict"] = async (network, request, options) => {
    const known = seats.get(network.id) ?? startOf(device);
    const seated = current?.alive() && opened.has(network.id) ? known : await seat(network, known);
    const { image, ...rest } = request;
    const { where } = network.spec;
    try {
      const ask = { network: network.id, request: rest };
      const { answer, arrays } = await process().ask("predict", ask, { where, arrays: [image], silenceMs, ...options });
      const [labels, probabilities] = arrays;
      return {
        labels: labelsOf(labels, network.spec),
        ...(probabilities === undefined ? {} : { probabilities: new Uint16Array(probabilities.buffer) }),
        shape: answer.shape,
        device: seated.device,
        warnings: seated.warnings,
      };
    } catch (error) {
      options.signal?.throwIfAborted();
      const next = nextSeat(network, { ...seated, whollyOnDevice: false }, error);
      if (next === undefined) throw error;
      await seat(network, next);
      return predict(network, request, options);
    }
  };
  return {
    load: async (network) => void (await seat(network, startOf(device))),
    predict,
    unload: async ({ id, spec: { where } }) => {
      seats.delete(id);
      if (opened.delete(id) && current?.alive()) await current.ask("unload", { network: id }, { where, silenceMs });
    },
    close: async () => current?.end(),
  };
}

function startOf(device: string): Seat {
  return { device, whollyOnDevice: device !== "cpu", warnings: [] };
}

function labelsOf({ buffer }: Uint8Array<ArrayBuffer>, { output }: NetworkSpec): LabelArray {
  return Math.max(...output.classIds) > 255 ? new Uint16Array(buffer) : new Uint8Array(buffer);
}

function partWarning(where: string, device: string): Warning {
  return { code: "E_DEVICE_PART", where, text: `Some operators of this network run on the CPU instead of ${device}` };
}

function cpuWarning(where: string, device: string, reason: string): Warning {
  return { code: "E_DEVICE", where, text: `This network runs on the CPU: ${device} reported ${reason}` };
}
