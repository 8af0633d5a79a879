import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findScans } from "../../../pipeline/io/find-scans.ts";
import { withRegularFile } from "../../../pipeline/io/regular-file.ts";
import { skip } from "../../support/shared-data.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const open = (path: string) => withRegularFile(path, { fileBytes: 100 }, async ({ bytes }) => bytes);

/** Root may read every file, so it steps down for a while. */
async function asNobody(check: () => Promise<void>): Promise<void> {
  const { seteuid } = process;
  if (process.geteuid?.() !== 0 || seteuid === undefined) return check();
  seteuid(65534);
  try {
    await check();
  } finally {
    seteuid(0);
  }
}

describe("withRegularFile", () => {
  it("D94 refuses a named pipe, a device, a folder and a link loop with F_NOT_REGULAR, and never waits", async function () {
    if (process.platform === "win32") skip(this, "Windows has no named pipes in folders");
    const folder = temporaryFolder();
    const [pipe, loop] = [join(folder, "pipe.dcm"), join(folder, "loop.dcm")];
    execFileSync("mkfifo", [pipe]);
    symlinkSync(loop, loop);
    for (const path of [pipe, "/dev/zero", folder, loop])
      await assert.rejects(
        open(path),
        (error: { problem: { code: string } }) => error.problem.code === "F_NOT_REGULAR",
      );
  });

  it("D94 lists a folder with a named pipe in it without waiting for a writer", async function () {
    if (process.platform === "win32") skip(this, "Windows has no named pipes in folders");
    const folder = temporaryFolder();
    execFileSync("mkfifo", [join(folder, "pipe.dcm")]);
    const { scans } = await findScans([folder]);
    assert.deepEqual(scans, []);
  });

  it("D95 refuses a file that may not be read with F_ACCESS", async function () {
    if (process.platform === "win32") skip(this, "Windows has no such permissions");
    const folder = temporaryFolder();
    const path = join(folder, "secret.dcm");
    writeFileSync(path, "x");
    chmodSync(folder, 0o755);
    chmodSync(path, 0);
    await asNobody(() =>
      assert.rejects(open(path), (error: { problem: { code: string } }) => error.problem.code === "F_ACCESS"),
    );
  });

  it("refuses a file above the limit with F_TOO_BIG, and one that is gone with F_CHANGED", async () => {
    const path = join(temporaryFolder(), "big.dcm");
    writeFileSync(path, Buffer.alloc(101));
    await assert.rejects(open(path), (error: { problem: { code: string } }) => error.problem.code === "F_TOO_BIG");
    await assert.rejects(
      open(`${path}.no`),
      (error: { problem: { code: string } }) => error.problem.code === "F_CHANGED",
    );
  });
});
