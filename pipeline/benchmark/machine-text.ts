import { availableParallelism, cpus, totalmem } from "node:os";

/** The machine that this runs on, in words. */
export function machineText(): string {
  const gibibytes = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus()[0]?.model.trim() || "unknown processor"}, ${availableParallelism()} cores, ${gibibytes} GiB`;
}
