import { ConfigError, EnvironmentError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import type { ProbeResult } from "./probe.ts";

/** What a device needs, and where it stands when `auto` chooses. */
interface DeviceFacts {
  /** Order in which `auto` tries; a device without a rank is used only when asked for. */
  readonly rank?: number;
  /** What a person does to get it, by `process.platform`; absent where it cannot be had. */
  readonly install: Readonly<Partial<Record<NodeJS.Platform, string>>>;
}

const cudaInstall =
  "Install the NVIDIA driver, CUDA 12 and cuDNN 9, put onnxruntime-node-install=cuda12 into .npmrc and install again";
const vulkanInstall = "Install a Vulkan driver of your graphics card, and libvulkan1";

/** Execution providers of ONNX Runtime for Node by the name that `--device` takes. */
const facts: Readonly<Record<string, DeviceFacts>> = {
  cuda: { rank: 1, install: { linux: cudaInstall } },
  dml: { rank: 2, install: { win32: "Update Windows and the graphics driver (DirectX 12)" } },
  webgpu: {
    rank: 3,
    install: { linux: vulkanInstall, win32: "Update the graphics driver", darwin: "Update macOS (Metal)" },
  },
  coreml: { rank: 4, install: { darwin: "Update macOS" } },
  // TensorRT compiles each network for minutes, so it is never picked unasked.
  tensorrt: { install: { linux: `${cudaInstall}; install TensorRT 10 too` } },
  cpu: { rank: Infinity, install: {} },
};

/** Names that `--device` takes. */
export const deviceNames: readonly string[] = ["auto", ...Object.keys(facts)];

/** What to do to get a device on this kind of machine. */
export function installHint(device: string, platform: NodeJS.Platform = process.platform): string {
  return facts[device]?.install[platform] ?? `There is no ${device} for this kind of machine; use --device auto`;
}

/**
 * Refuses a name that is no device.
 *
 * Errors: ConfigError C_DEVICE with the legal names
 */
export function assertDeviceName(device: string): void {
  if (deviceNames.includes(device)) return;
  throw new ConfigError({
    code: "C_DEVICE",
    where: "device",
    expected: `one of ${deviceNames.join(", ")}`,
    got: `"${device}"`,
    next: "Use auto to let rarevox choose",
  });
}

/** A device to work on, and why it is not a better one. */
export interface DeviceChoice {
  readonly device: string;
  readonly warnings: readonly Warning[];
}

/** Tries a device in a process of its own. */
export type Probe = (device: string) => Promise<ProbeResult>;

/**
 * Finds the device to work on: the one asked for, or for `auto` the first that computes right and faster than the CPU.
 *
 * Errors: ConfigError C_DEVICE for an unknown name; EnvironmentError E_DEVICE when the one asked for does not work here
 */
export async function chooseDevice(
  wanted: string,
  { providers, probe }: { readonly providers: readonly string[]; readonly probe: Probe },
): Promise<DeviceChoice> {
  assertDeviceName(wanted);
  if (wanted === "cpu") return { device: "cpu", warnings: [] };
  if (wanted === "auto") return chooseBest(providers, probe);
  const fault = providers.includes(wanted)
    ? faultOf(await probe(wanted))
    : "this build of ONNX Runtime does not have it";
  if (fault === undefined) return { device: wanted, warnings: [] };
  throw new EnvironmentError({
    code: "E_DEVICE",
    where: `device ${wanted}`,
    expected: "a device that runs a small 3-D convolution",
    got: fault,
    next: installHint(wanted),
  });
}

async function chooseBest(providers: readonly string[], probe: Probe): Promise<DeviceChoice> {
  const reasons: string[] = [];
  for (const device of autoOrder(providers)) {
    const result = await probe(device);
    const fault = faultOf(result) ?? slownessOf(result);
    if (fault === undefined) return { device, warnings: [] };
    reasons.push(`${device}: ${fault}`);
  }
  const text = `Running on the CPU (${reasons.join("; ")}). Try: rarevox doctor`;
  return { device: "cpu", warnings: reasons.length > 0 ? [{ code: "E_DEVICE", where: "device auto", text }] : [] };
}

/** Devices that `auto` tries before the CPU, best first. */
export function autoOrder(providers: readonly string[]): readonly string[] {
  const rank = (device: string) => facts[device]?.rank ?? Infinity;
  return providers.filter((name) => rank(name) < Infinity).sort((first, second) => rank(first) - rank(second));
}

/** Largest difference from the CPU, as a share of full scale: reduced-precision units stay below, a wrong kernel does not. */
const PROBE_TOLERANCE = 5e-3;

/** What is wrong with a device, or undefined. */
export function faultOf(result: ProbeResult): string | undefined {
  if (!result.works) return result.reason;
  if (result.difference <= PROBE_TOLERANCE) return undefined;
  return `its results differ from the CPU's by ${result.difference.toPrecision(2)} of full scale`;
}

/** How a device that works is no gain, or undefined; software that poses as a graphics card is found out here. */
function slownessOf(result: ProbeResult): string | undefined {
  if (!result.works || result.milliseconds < result.cpuMilliseconds) return undefined;
  return `it needs ${(result.milliseconds / result.cpuMilliseconds).toPrecision(2)} times as long as the CPU`;
}
