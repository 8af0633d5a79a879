import { availableParallelism, cpus, freemem, release, totalmem } from "node:os";
import { deviceNames, faultOf, installHint } from "./devices.ts";
import type { ProbeResult } from "./probe.ts";
import { openProber } from "./prober.ts";

/** What this machine can run networks on. */
export interface MachineReport {
  readonly node: string;
  readonly onnxRuntime: string;
  /** Such as `linux x64 6.1.0`. */
  readonly system: string;
  readonly processor: string;
  /** CPU cores that this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** Every device that `--device` takes. */
  readonly devices: readonly DeviceReport[];
}

/** One device, tried with a small 3-D convolution. */
export interface DeviceReport {
  readonly name: string;
  /** Whether this build of ONNX Runtime knows it. */
  readonly isInBuild: boolean;
  readonly works: boolean;
  /** Fastest run there, and of the same on the CPU. Units: ms */
  readonly milliseconds?: number;
  readonly cpuMilliseconds?: number;
  /** Largest difference from the CPU's result, as a share of its largest value. */
  readonly difference?: number;
  /** Why it does not work, and what to do about it. */
  readonly reason?: string;
  readonly next?: string;
}

/** Looks at the machine and tries every device in a process that may crash without harm. */
export async function examineMachine({
  threads = availableParallelism(),
}: {
  readonly threads?: number;
} = {}): Promise<MachineReport> {
  const prober = openProber({ threads });
  try {
    const { version, providers } = await prober.describe();
    const devices: DeviceReport[] = [];
    for (const name of deviceNames.filter((each) => each !== "auto")) {
      const isInBuild = providers.includes(name);
      devices.push(isInBuild ? reportOf(await prober.probe(name)) : absent(name));
    }
    return {
      node: process.version,
      onnxRuntime: version,
      system: `${process.platform} ${process.arch} ${release()}`,
      processor: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      freeMemoryBytes: freemem(),
      devices,
    };
  } finally {
    await prober.end();
  }
}

function reportOf(result: ProbeResult): DeviceReport {
  const { device: name } = result;
  const reason = faultOf(result);
  const fault = reason === undefined ? {} : { reason, next: installHint(name) };
  if (!result.works) return { name, isInBuild: true, works: false, ...fault };
  const { milliseconds, cpuMilliseconds, difference } = result;
  return { name, isInBuild: true, works: reason === undefined, milliseconds, cpuMilliseconds, difference, ...fault };
}

function absent(name: string): DeviceReport {
  const reason = "this build of ONNX Runtime does not have it";
  return { name, isInBuild: false, works: false, reason, next: installHint(name) };
}
