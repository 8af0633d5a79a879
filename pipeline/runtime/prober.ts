import { isNamedError } from "../volume/errors.ts";
import { type InferenceProcess, startInferenceProcess } from "./inference-process.ts";
import type { RuntimeDescription } from "./inference-protocol.ts";
import type { ProbeResult } from "./probe.ts";

/** Longest time for trying a device: a driver's first compilation included. */
const PROBE_MS = 20_000;

/** Tries devices in a process that may crash or hang without harm. */
export interface Prober {
  describe(): Promise<RuntimeDescription>;
  probe(device: string): Promise<ProbeResult>;
  /** Ends a trial under way too, which is then rejected. */
  end(): Promise<void>;
}

/** A prober that starts its process when first needed, and again after a device brought it down. */
export function openProber({ threads }: { readonly threads: number }): Prober {
  let current: InferenceProcess | undefined;
  let ended = false;
  const process = () => {
    if (current === undefined || !current.alive()) current = startInferenceProcess();
    return current;
  };
  return {
    describe: async () => (await process().ask("describe", {}, { where: "ONNX Runtime", silenceMs: PROBE_MS })).answer,
    probe: async (device) => {
      try {
        const options = { where: `device ${device}`, silenceMs: PROBE_MS };
        return (await process().ask("probe", { device, threads }, options)).answer;
      } catch (error) {
        if (ended) throw error;
        return { device, works: false, reason: reasonOf(error) };
      }
    },
    end: async () => {
      ended = true;
      await current?.end();
    },
  };
}

/** What happened, without the advice for a network that a named error carries. */
function reasonOf(error: unknown): string {
  if (isNamedError(error)) return error.problem.got;
  return error instanceof Error ? error.message : String(error);
}
