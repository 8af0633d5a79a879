import { availableParallelism } from "node:os";
import { ConfigError, ShapeError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import { voxelCountOf } from "../volume/volume.ts";
import { assertDeviceName, chooseDevice, type DeviceChoice } from "./devices.ts";
import type { NetworkSpec, OnProgress, Prediction, PredictRequest } from "./network.ts";
import { type LoadedNetwork, networkSeats } from "./network-seats.ts";
import { openProber } from "./prober.ts";
import { abortable, turnstile } from "./turnstile.ts";

export type { LoadedNetwork } from "./network-seats.ts";

/** How to open an engine. */
export interface EngineOptions {
  /** `auto`, or a name that `deviceNames` lists; `auto` when left out. */
  readonly device?: string;
  /** CPU threads of one run; all when left out. */
  readonly threads?: number;
  /** Longest time for loading a network or running one batch of patches. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

/** Runs networks in a process of its own; open one, use it for every scan, close it. */
export interface Engine {
  /** Device that networks are loaded on. */
  readonly device: string;
  /** Why it is not a better one. */
  readonly warnings: readonly Warning[];
  /**
   * Opens a network; it stays open until the engine is closed.
   *
   * Errors: ModelError M_LOAD, M_INPUT, M_LABELS, M_MEMORY, M_TIMEOUT, M_CRASH
   */
  load(spec: NetworkSpec, options?: { readonly signal?: AbortSignal }): Promise<LoadedNetwork>;
  /**
   * Segments one image. Calls made at the same time are worked off in order.
   *
   * Errors: ShapeError, ConfigError; ModelError M_NONFINITE, M_LABELS, M_RUN, M_MEMORY, M_TIMEOUT, M_CRASH; the signal's reason. The
   *         engine can be used after each of them
   */
  predict(network: LoadedNetwork, request: PredictRequest, options?: PredictOptions): Promise<Prediction>;
  /** Forgets a network; what comes for it afterwards is rejected. */
  unload(network: LoadedNetwork): Promise<void>;
  /** Ends the process at once; work under way is rejected. */
  close(): Promise<void>;
}

/** Progress and a way to stop; the engine stops within one run of the network. */
export interface PredictOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Long enough for one patch of a large network on one slow core. */
const SILENCE_MS = 10 * 60_000;

/**
 * Chooses the device and returns an engine on it.
 *
 * Errors: ConfigError C_DEVICE; EnvironmentError E_DEVICE when the device asked for does not work; the signal's reason
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const { device = "auto", threads = availableParallelism(), silenceMs = SILENCE_MS, signal } = options;
  signal?.throwIfAborted();
  const { device: chosen, warnings } = await chooseWorkingDevice(device, { threads, signal });
  const seats = networkSeats({ device: chosen, mayFallBack: device === "auto", threads, silenceMs });
  const inTurn = turnstile();
  let lastId = 0;

  return {
    device: chosen,
    warnings,
    load: async (spec, { signal } = {}) => {
      const network = { id: ++lastId, spec };
      await abortable(
        signal,
        inTurn(signal, () => seats.load(network)),
      );
      return network;
    },
    predict: (network, request, { onProgress, signal } = {}) => {
      assertRequest(network.spec, request);
      return abortable(
        signal,
        inTurn(signal, () => seats.predict(network, request, { onProgress, signal })),
      );
    },
    unload: (network) => inTurn(undefined, () => seats.unload(network)),
    close: () => seats.close(),
  };
}

/**
 * Chooses the device for a name that a person gave; the CPU needs no trial and no second process.
 *
 * Errors: as `openEngine`
 */
export async function chooseWorkingDevice(
  device: string,
  { threads, signal }: { readonly threads: number; readonly signal: AbortSignal | undefined },
): Promise<DeviceChoice> {
  assertDeviceName(device);
  if (device === "cpu") return { device, warnings: [] };
  const prober = openProber({ threads });
  const choose = async () => {
    const { providers } = await prober.describe();
    return chooseDevice(device, { providers, probe: prober.probe });
  };
  try {
    return await abortable(signal, choose());
  } finally {
    await prober.end();
  }
}

function assertRequest({ where, inputChannels }: NetworkSpec, request: PredictRequest): void {
  const { image, shape, overlap = 0.5, mirrorAxes = [], batchSize = 1 } = request;
  if (image.length !== inputChannels * voxelCountOf(shape))
    throw new ShapeError({
      code: "V_SHAPE",
      where,
      expected: `${inputChannels} channels of [${shape}]`,
      got: `${image.length} values`,
      next: "Give the network the channels it was trained with",
    });
  const fault =
    (!(overlap >= 0 && overlap < 1) && `overlap ${overlap}`) ||
    (!mirrorAxes.every((axis) => [0, 1, 2].includes(axis)) && `mirror axes ${mirrorAxes}`) ||
    (!(Number.isInteger(batchSize) && batchSize > 0) && `batch size ${batchSize}`);
  if (fault === false) return;
  throw new ConfigError({
    code: "C_WINDOW",
    where,
    expected: "an overlap from 0 to below 1, mirror axes out of 0, 1, 2, and a batch size of at least 1",
    got: fault,
    next: "Correct the option",
  });
}
