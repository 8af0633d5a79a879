import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { repositoryRoot } from "./shared-data.ts";

const cli = fileURLToPath(new URL("build/scripts/cli.js", repositoryRoot));

/** What a run of the program said and how it ended. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `rarevox` as a shell would; `watch` may act on the process while it runs. */
export function runCli(args: readonly string[], watch: (child: ChildProcess) => void = () => {}): Promise<CliRun> {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  watch(child);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}
