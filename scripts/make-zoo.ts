/** Trains the bundle of the synthetic abdomen and puts it into models/zoo, with its scores on abdomens that it never saw. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { dicesOnPhantoms } from "../fixtures/phantom/score-on-phantoms.ts";
import { trainPhantomBundle } from "../fixtures/phantom/train-phantom.ts";
import { type BundleManifest, closeParsingPool, loadBundle, openEngine, saveBundle } from "../pipeline/index.ts";
import { openTerminal } from "./terminal.ts";

/** Seeds of the abdomens that the shipped scores are measured on. */
const seeds = [101, 102, 103, 104, 105, 106, 107, 108, 109, 110];

const folder = fileURLToPath(new URL("../../models/zoo/abdomen-phantom/", import.meta.url));
const terminal = openTerminal("normal");
const bundle = await trainPhantomBundle(resolve("rarevox-phantom"), { onStage: terminal.info, onRecord: () => {} });
const scores = await measuredScores();
rmSync(folder, { recursive: true, force: true });
await saveBundle(folder, { ...bundle, manifest: { ...bundle.manifest, scores } });
closeParsingPool();

async function measuredScores(): Promise<NonNullable<BundleManifest["scores"]>> {
  const place = mkdtempSync(join(tmpdir(), "rarevox-zoo-"));
  await saveBundle(join(place, "bundle"), bundle);
  const loaded = await loadBundle(join(place, "bundle"));
  const engine = await openEngine({ device: "cpu" });
  const rows = await dicesOnPhantoms(seeds, { bundle: loaded, engine });
  await Promise.all([engine.close(), loaded.close()]);
  rmSync(place, { recursive: true });
  return bundle.manifest.classes.map(({ name }, c) => scoreOf(name, { dices: rows.map((row) => row[c]) }));
}

function scoreOf(name: string, { dices }: { readonly dices: readonly number[] }) {
  const mean = dices.reduce((sum, dice) => sum + dice, 0) / dices.length;
  const std = Math.sqrt(dices.reduce((sum, dice) => sum + (dice - mean) ** 2, 0) / dices.length);
  const round = (value: number) => Number(value.toFixed(4));
  const data = `synthetic abdomens, seeds ${seeds[0]} to ${seeds.at(-1)}; npm run zoo measures it again`;
  return { class: name, metric: "dice", mean: round(mean), std: round(std), cases: dices.length, data };
}
