import type { Command } from "commander";
import { type DeviceReport, examineMachine, type MachineReport } from "../../pipeline/index.ts";
import type { CommandContext } from "../command-context.ts";
import { numberColumns, tableOf, textColumns } from "../table.ts";
import { printable } from "../terminal.ts";

/** `rarevox doctor`: what this machine can run networks on. */
export function registerDoctor(program: Command, _context: CommandContext): void {
  program
    .command("doctor")
    .description(
      "show the machine, the devices that really run a small 3-D network, and what to install for the others",
    )
    .option("--json", "print one JSON document instead of tables")
    .addHelpText(
      "after",
      `
Examples:
  rarevox doctor
  rarevox doctor --json | jq '.devices[] | select(.works)'

Each device is tried in a process of its own: its time is the fastest of three runs, its difference is from the CPU's
result, as a share of full scale.`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const report = await examineMachine();
      process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : `${tablesOf(report)}\n`);
    });
}

function tablesOf({
  node,
  onnxRuntime,
  system,
  processor,
  cores,
  memoryBytes,
  freeMemoryBytes,
  devices,
}: MachineReport) {
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  const lines = [
    `${system}, ${processor}, ${cores} cores, ${gib(memoryBytes)} GiB of memory (${gib(freeMemoryBytes)} free)`,
    `Node ${node}, ONNX Runtime ${onnxRuntime}`,
  ].map(printable);
  const columns = [...textColumns("device", "works"), ...numberColumns("ms", "CPU ms", "difference")];
  const hints = devices.flatMap(({ name, reason, next }) =>
    reason === undefined ? [] : [printable(`${name}: ${reason}. ${next ?? ""}`)],
  );
  return [...lines, tableOf(columns, devices.map(rowOf)), ...hints].join("\n");
}

function rowOf({ name, isInBuild, works, milliseconds, cpuMilliseconds, difference }: DeviceReport): string[] {
  return [
    name,
    works ? "yes" : isInBuild ? "no" : "not in this build",
    milliseconds?.toFixed(2) ?? "",
    cpuMilliseconds?.toFixed(2) ?? "",
    difference?.toExponential(1) ?? "",
  ];
}
