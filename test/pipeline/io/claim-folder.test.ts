import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { claimFolder, waitForFolder } from "../../../pipeline/io/claim-folder.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const place = temporaryFolder();
const locksIn = (folder: string) => readdirSync(folder).sort();

/** Another process that tries to claim a folder, says whether it could, and stays until it is killed. */
async function rival(folder: string): Promise<{ readonly child: ChildProcess; readonly hasIt: boolean }> {
  const module = new URL("../../../pipeline/io/claim-folder.js", import.meta.url);
  const script = `
    import { claimFolder } from ${JSON.stringify(module)};
    console.log((await claimFolder(${JSON.stringify(folder)})) === undefined ? "refused" : "claimed");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  return { child, hasIt: String(text).trim() === "claimed" };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
}

describe("claimFolder", () => {
  it("makes the folder, holds it against the same process and another, and lets it go", async () => {
    const folder = join(place, "held");
    const claim = await claimFolder(folder);
    assert.ok(claim !== undefined);
    assert.equal(await claimFolder(folder), undefined);
    const { child, hasIt } = await rival(folder);
    assert.equal(hasIt, false);
    await end(child);
    await claim.release();
    assert.deepEqual(locksIn(folder), []);
    assert.ok((await claimFolder(folder)) !== undefined);
  });

  it("follows a holder that was killed, and only one of many does", async () => {
    const folder = join(place, "killed");
    const first = await rival(folder);
    assert.equal(first.hasIt, true);
    assert.equal(await claimFolder(folder), undefined);
    await end(first.child);
    const claims = await Promise.all(Array.from({ length: 20 }, () => claimFolder(folder)));
    assert.equal(claims.filter((claim) => claim !== undefined).length, 1);
    assert.deepEqual(locksIn(folder), ["lock.0", "lock.1"]);
  });

  it("does not take a process that only has the number of the dead for the holder", async () => {
    const folder = join(place, "reused");
    const claim = await claimFolder(folder);
    assert.ok(claim !== undefined);
    writeFileSync(join(folder, "lock.0"), JSON.stringify({ host: hostname(), processId: process.pid, startedAt: "1" }));
    assert.ok((await claimFolder(folder)) !== undefined);
  });

  it("believes a holder on another machine for a quarter of an hour after its last sign", async () => {
    const folder = join(place, "elsewhere");
    const claim = await claimFolder(folder);
    await claim?.release();
    const lock = join(folder, "lock.0");
    writeFileSync(lock, JSON.stringify({ host: "elsewhere.example", processId: 1 }));
    assert.equal(await claimFolder(folder), undefined);
    const longAgo = new Date(Date.now() - 16 * 60_000);
    utimesSync(lock, longAgo, longAgo);
    assert.ok((await claimFolder(folder)) !== undefined);
  });
});

describe("waitForFolder", () => {
  it("waits while another process holds the folder, and gives up when told to", async () => {
    const folder = join(place, "awaited");
    const { child } = await rival(folder);
    const abort = new AbortController();
    const impatient = waitForFolder(folder, abort.signal);
    abort.abort(new Error("enough"));
    await assert.rejects(impatient, /enough/);
    const patient = waitForFolder(folder);
    await end(child);
    await (await patient).release();
  });

  it("lets one after the other in", async () => {
    const folder = join(place, "turns");
    let inside = 0;
    const visit = async () => {
      const claim = await waitForFolder(folder);
      assert.equal(++inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
      await claim.release();
    };
    await Promise.all([visit(), visit(), visit()]);
  });
});
