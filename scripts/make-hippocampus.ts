/**
 * Trains the hippocampus bundle on the Decathlon's task 4 and puts it into models/zoo, with its scores on the test cases:
 * `npm run zoo:hippocampus -- <data set> <run>`. A run that was begun is taken up; one that is finished is only scored.
 */
import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type BundleManifest,
  closeParsingPool,
  conceptFor,
  diceOf,
  findDataset,
  labelOverlaps,
  loadBundle,
  openEngine,
  readScan,
  readTrainingConfig,
  saveBundle,
  segmentScan,
  trainBundle,
  type UnsavedBundle,
} from "../pipeline/index.ts";
import { cacheFolder } from "./cache-folder.ts";
import { openTerminal } from "./terminal.ts";

const [data, run] = process.argv.slice(2).map((path) => resolve(path));
const terminal = openTerminal("normal");
if (run === undefined) {
  terminal.warn("usage: npm run zoo:hippocampus -- <folder of Task04_Hippocampus> <folder of the run>");
  process.exit(2);
}
const zoo = fileURLToPath(new URL("../../models/zoo/", import.meta.url));
const settings = join(zoo, "hippocampus.training.json");
const place = join(zoo, "hippocampus");
if (!existsSync(join(run, "bundle", "bundle.json"))) await train();
const unscored = await dressed();
await replace(unscored);
const scores = await scoresOn(await findDataset(data));
await replace({ ...unscored, manifest: { ...unscored.manifest, scores } });
closeParsingPool();
for (const { class: name, metric, mean, std, data: where } of scores)
  terminal.info(`${name}: ${metric} ${mean} ± ${std} (${where})`);

async function train(): Promise<void> {
  const progress = terminal.progress("train");
  await trainBundle({
    dataset: data,
    out: run,
    config: await readTrainingConfig(settings),
    fold: "all",
    folds: "stratified",
    foldCount: 5,
    skipBadCases: false,
    resume: existsSync(join(run, "split.json")),
    cache: cacheFolder(),
    onRecord: (record) => {
      if (record.kind === "step") progress.update("steps", 0, `step ${record.step}, loss ${record.loss.toFixed(3)}`);
    },
  });
  progress.end();
}

/** What a person knows of the data, added to what training knows. */
async function dressed(): Promise<UnsavedBundle> {
  const trained = await loadBundle(join(run, "bundle"));
  const [network] = trained.networks;
  const { model } = await network.read();
  await trained.close();
  const { files: _, ...manifest } = trained.manifest;
  const names = new Map([
    ["Anterior", "anterior hippocampus"],
    ["Posterior", "posterior hippocampus"],
  ]);
  const named = (name: string) => names.get(name) ?? name;
  return {
    files: new Map([[network.settings.file, model]]),
    manifest: {
      ...manifest,
      name: "hippocampus",
      license: "CC-BY-SA-4.0",
      citation:
        "Antonelli et al., The Medical Segmentation Decathlon, Nature Communications 13, 4128 (2022), " +
        "doi:10.1038/s41467-022-30695-9; data of Vanderbilt University Medical Center, CC BY-SA 4.0",
      intendedUse:
        "Research on T1-weighted MR cropped around one hippocampus, as in task 4 of the Medical Segmentation Decathlon; " +
        "not a whole head, and not a medical device.",
      classes: manifest.classes.map((each) => ({ ...each, name: named(each.name), ...conceptFor(named(each.name)) })),
      networks: manifest.networks.map((each) => ({
        ...each,
        output: { ...each.output, channels: each.output.channels.map(named) },
      })),
      training: {
        ...manifest.training,
        method: `${manifest.training?.method ?? ""} npm run zoo:hippocampus does it again.`,
        data: "Medical Segmentation Decathlon, Task04 Hippocampus, 208 of its training cases (CC BY-SA 4.0)",
      },
    },
  };
}

async function replace(bundle: UnsavedBundle): Promise<void> {
  rmSync(place, { recursive: true, force: true });
  await saveBundle(place, bundle);
}

/** Dice of each class over the test cases, from scan to label map on the scan's own grid, with and without mirroring. */
async function scoresOn({ testing, name }: Awaited<ReturnType<typeof findDataset>>) {
  const bundle = await loadBundle(place);
  const engine = await openEngine({ device: "cpu" });
  const scores: NonNullable<BundleManifest["scores"]>[number][] = [];
  const cases = testing.flatMap(({ images: [image], labels }) =>
    labels?.kind === "label-map" ? [{ image, labels: labels.path }] : [],
  );
  for (const mirror of [false, true]) {
    const rows: (readonly number[])[] = [];
    for (const each of cases) {
      const { labels } = await segmentScan(await readScan(each.image), bundle, { engine, mirror });
      const { data: truth } = (await readScan(each.labels)).channels[0];
      const { classes } = bundle.manifest;
      const reference = Uint8Array.from(truth);
      rows.push(labelOverlaps(labels.data, { reference, largestId: classes.length }).map(diceOf));
    }
    for (const [c, { name: label }] of bundle.manifest.classes.entries())
      scores.push({
        class: label,
        metric: "dice",
        ...momentsOf(rows.map((row) => row[c])),
        cases: rows.length,
        data: `test cases of ${name}${mirror ? ", mirrored images averaged (--tta)" : ""}`,
      });
  }
  await Promise.all([engine.close(), bundle.close()]);
  return scores;
}

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean: Number(mean.toFixed(4)), std: Number(std.toFixed(4)) };
}
