import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { phantomBundle } from "../fixtures/phantom/phantom-bundle.ts";
import { dicesOnPhantoms } from "../fixtures/phantom/score-on-phantoms.ts";
import { type BundleManifest, loadBundle, openEngine, saveBundle } from "../pipeline/index.ts";

/** Seeds of the phantoms that the shipped scores are measured on. */
const seeds = [101, 102, 103, 104, 105, 106, 107, 108, 109, 110];

const folder = fileURLToPath(new URL("../../models/zoo/abdomen-phantom/", import.meta.url));
const bundle = phantomBundle();
const scores = await measuredScores();
rmSync(folder, { recursive: true, force: true });
await saveBundle(folder, { ...bundle, manifest: { ...bundle.manifest, scores } });

async function measuredScores(): Promise<NonNullable<BundleManifest["scores"]>> {
  const place = mkdtempSync(join(tmpdir(), "rarevox-zoo-"));
  await saveBundle(join(place, "bundle"), bundle);
  const loaded = await loadBundle(join(place, "bundle"));
  const engine = await openEngine({ device: "cpu" });
  const rows = await dicesOnPhantoms(seeds, { bundle: loaded, engine });
  await engine.close();
  await loaded.close();
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
