import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { watchPeakMemory } from "../../../pipeline/io/process-memory.ts";

const MIB = 2 ** 20;

describe("watchPeakMemory", () => {
  it("sees 300 MiB that a grandchild held for a while and gave back", async function () {
    if (!existsSync("/proc/self/status")) this.skip();
    const inner = "const held = Buffer.alloc(300 * 2 ** 20, 1); setTimeout(() => console.log(held.length), 400)";
    const outer = `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(inner)}])`;
    const watch = watchPeakMemory();
    const before = watch.peakBytes();
    const child = spawn(process.execPath, ["-e", outer], { stdio: "ignore" });
    await once(child, "close");
    watch.stop();
    const more = (watch.peakBytes() - before) / MIB;
    // Two bare Node processes hold some 40 to 60 MiB each, this one may have grown a little.
    assert.ok(more > 300 && more < 600, `${more} MiB more`);
  });
});
