import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { phantomBundle } from "../fixtures/phantom/phantom-bundle.ts";
import { dicesOnPhantoms } from "../fixtures/phantom/score-on-phantoms.ts";
import { loadBundle, openEngine } from "../pipeline/index.ts";

/** Seeds of the phantoms that the shipped scores are measured on. */
const seeds = [101, 102, 103, 104, 105, 106, 107, 108, 109, 110];

const folder = fileURLToPath(new URL("../../models/zoo/abdomen-phantom/", import.meta.url));
const { manifest, networks } = phantomBundle();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, bytes] of networks) writeFileSync(join(folder, name), bytes);

const files = [...networks].map(([path, bytes]) => ({
  path,
  bytes: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
}));
writeManifest({ ...manifest, files });
writeManifest({ ...manifest, scores: await measuredScores(), files });

async function measuredScores() {
  const bundle = await loadBundle(folder);
  const engine = await openEngine({ device: "cpu" });
  const rows = await dicesOnPhantoms(seeds, { bundle, engine });
  await engine.close();
  await bundle.close();
  return manifest.classes.map(({ name }, c) => {
    const dices = rows.map((row) => row[c]);
    const mean = dices.reduce((sum, dice) => sum + dice, 0) / dices.length;
    const std = Math.sqrt(dices.reduce((sum, dice) => sum + (dice - mean) ** 2, 0) / dices.length);
    const round = (value: number) => Number(value.toFixed(4));
    const data = `synthetic abdomens, seeds ${seeds[0]} to ${seeds.at(-1)}; npm run zoo measures it again`;
    return { class: name, metric: "dice", mean: round(mean), std: round(std), cases: dices.length, data };
  });
}

function writeManifest(content: object): void {
  writeFileSync(join(folder, "bundle.json"), `${JSON.stringify(content, undefined, 2)}\n`);
}
