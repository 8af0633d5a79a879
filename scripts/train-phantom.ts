/** From nothing to a trained and evaluated model: draws scans, trains on them, and scores it on others. */
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { phantomClasses } from "../fixtures/phantom/classes.ts";
import { dicesOnPhantoms } from "../fixtures/phantom/score-on-phantoms.ts";
import { trainPhantomBundle } from "../fixtures/phantom/train-phantom.ts";
import { closeParsingPool, loadBundle, openEngine, saveBundle } from "../pipeline/index.ts";
import { numberColumns, tableOf, textColumns } from "./table.ts";
import { openTerminal } from "./terminal.ts";

/** Abdomens that the networks never saw. */
const seeds = [101, 102, 103, 104];

const folder = resolve("rarevox-phantom");
const place = join(folder, "bundle");
const started = performance.now();
const terminal = openTerminal("normal");
const bundle = await trainPhantomBundle(folder, {
  onStage: terminal.info,
  onRecord: (record) => {
    if (record.kind === "step" && record.step % 25 === 0)
      terminal.info(`step ${record.step}: loss ${record.loss.toFixed(3)}`);
  },
});
rmSync(place, { recursive: true, force: true });
await saveBundle(place, bundle);
terminal.info(`evaluating on ${seeds.length} abdomens that were not trained on`);
const loaded = await loadBundle(place);
const engine = await openEngine({ device: "cpu" });
const rows = await dicesOnPhantoms(seeds, { bundle: loaded, engine });
await Promise.all([engine.close(), loaded.close()]);
closeParsingPool();
const columns = [...textColumns("class"), ...numberColumns("mean Dice", "least")];
const table = phantomClasses.map(({ name }, c) => {
  const dices = rows.map((row) => row[c]);
  const mean = dices.reduce((sum, dice) => sum + dice, 0) / dices.length;
  return [name, mean.toFixed(3), Math.min(...dices).toFixed(3)];
});
process.stdout.write(`${tableOf(columns, table)}\n`);
terminal.info(`${Math.round((performance.now() - started) / 1000)} s in all; the bundle is ${place}`);
