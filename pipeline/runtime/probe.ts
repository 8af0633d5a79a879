import { performance } from "node:perf_hooks";
import { type FloatTensor, openSession, type Session } from "./onnx-runtime.ts";
import { probeGraph, probeInput } from "./probe-graph.ts";
import { printable } from "./runtime-faults.ts";

/** How a small 3-D convolution went on a device. */
export type ProbeResult =
  | { readonly device: string; readonly works: false; readonly reason: string }
  | {
      readonly device: string;
      readonly works: true;
      /** Fastest run there. */
      readonly milliseconds: number;
      /** Fastest run of the same on the CPU. */
      readonly cpuMilliseconds: number;
      /** Largest difference from the CPU's result, as a share of its largest value. */
      readonly difference: number;
    };

/** Sides of the cubes tried; the larger is left out on a device that the smaller shows to be hopeless. */
const SIDES = [16, 64];

/** A device this many times slower than the CPU on the small cube does not catch up on the large one. */
const HOPELESS = 20;

const RUNS = 3;

/** Runs a small 3-D convolution network on a device, all of it there, and on the CPU. */
export async function probeDevice({
  device,
  threads,
}: {
  readonly device: string;
  readonly threads: number;
}): Promise<ProbeResult> {
  try {
    const model = probeGraph();
    const reference = await openSession(model, { provider: "cpu", threads });
    const session = await openSession(model, { provider: device, threads, whollyOnDevice: device !== "cpu" });
    return await compare(device, { session, reference });
  } catch (error) {
    return { device, works: false, reason: reasonOf(error instanceof Error ? error.message : String(error)) };
  }
}

/** What ONNX Runtime says in terms of its own source, in terms of the machine. */
function reasonOf(message: string): string {
  if (/Failed to load shared library/.test(message)) return "its libraries are not installed";
  if (/webgpu_context\.cc.*adapter/s.test(message)) return "no graphics card with a driver was found";
  return printable(message);
}

async function compare(
  device: string,
  { session, reference }: { readonly session: Session; readonly reference: Session },
): Promise<ProbeResult> {
  let result: ProbeResult | undefined;
  for (const side of SIDES) {
    if (result?.works && result.milliseconds > HOPELESS * result.cpuMilliseconds) break;
    const input = probeInput(side);
    const expected = await timed(reference, input);
    const found = await timed(session, input);
    const difference = Math.max(largestDifference(found.data, expected.data), result?.works ? result.difference : 0);
    result = {
      device,
      works: true,
      milliseconds: found.milliseconds,
      cpuMilliseconds: expected.milliseconds,
      difference,
    };
  }
  return result as ProbeResult;
}

async function timed(session: Session, input: FloatTensor): Promise<{ data: Float32Array; milliseconds: number }> {
  const output = session.outputs[0].name;
  const { data } = await session.run(input, { output });
  let milliseconds = Infinity;
  for (let n = 0; n < RUNS; n++) {
    const start = performance.now();
    await session.run(input, { output });
    milliseconds = Math.min(milliseconds, performance.now() - start);
  }
  return { data, milliseconds };
}

/** NaN where either holds a NaN, which no tolerance accepts. */
function largestDifference(found: Float32Array, expected: Float32Array): number {
  let [difference, scale] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(found[i] - expected[i]));
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return difference / scale;
}
