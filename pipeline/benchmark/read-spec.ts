import { parseJson } from "../bundle/json-schema.ts";
import { metricsNamed } from "../evaluate/metrics/index.ts";
import { readSettings } from "../train/read-settings.ts";
import { ConfigError, isNamedError } from "../volume/errors.ts";
import { methodsOf } from "./methods-of.ts";
import { type BenchmarkSpec, benchmarkSpecSchema } from "./spec-schema.ts";
import { withPreset } from "./with-preset.ts";

/**
 * Reads the specification of a benchmark, and takes one of its presets where one is named.
 *
 * Errors: ConfigError B_SPEC that names the file, the JSON pointer, what was found and what is allowed; C_FILE
 */
export async function readBenchmarkSpec(path: string, { preset }: { readonly preset?: string | undefined } = {}) {
  const bytes = await readSettings(path, "the specification of a benchmark");
  const spec: BenchmarkSpec = parseJson(bytes, benchmarkSpecSchema, { where: path, code: "B_SPEC" });
  const chosen = withPreset(spec, preset, path);
  assertHolds(chosen, path);
  return chosen;
}

/** What a schema cannot say: that names are there once, and that what is named is there. */
function assertHolds(spec: BenchmarkSpec, where: string): void {
  for (const list of ["datasets", "networks", "trainings"] as const) assertOnce(spec[list], `${where}#/${list}`);
  for (const list of ["only", "except"] as const)
    for (const [n, pair] of (spec[list] ?? []).entries()) assertPair(pair, { spec, where: `${where}#/${list}/${n}` });
  for (const [name, preset] of Object.entries(spec.presets ?? {}))
    for (const list of ["datasets", "networks"] as const)
      for (const changed of Object.keys(preset[list] ?? {}))
        assertListed(changed, spec[list], `${where}#/presets/${name}/${list}/${changed}`);
  for (const [n, { cascade }] of spec.trainings.entries())
    if (cascade !== undefined && !("steps" in spec.budget))
      throw specError(`${where}#/trainings/${n}/cascade`, {
        expected: "a budget in steps, which its networks share",
        got: `one of ${spec.budget.minutes} minutes`,
      });
  if (methodsOf(spec).length === 0)
    throw specError(`${where}#/except`, { expected: "at least one pair that is left", got: "none" });
  assertBaseline(spec, `${where}#/baseline`);
  assertMetrics(spec, `${where}#/metrics`);
  for (const [n, dataset] of spec.datasets.entries()) assertDataset(dataset, `${where}#/datasets/${n}`);
}

function assertOnce(list: readonly { readonly name: string }[], where: string): void {
  const names = list.map(({ name }) => name);
  const n = names.findIndex((name, n) => names.indexOf(name) < n);
  if (n >= 0) throw specError(`${where}/${n}/name`, { expected: "a name of its own", got: `${names[n]} again` });
}

function assertPair(
  pair: { readonly network?: string | undefined; readonly training?: string | undefined },
  { spec, where }: { readonly spec: BenchmarkSpec; readonly where: string },
): void {
  assertListed(pair.network, spec.networks, `${where}/network`);
  assertListed(pair.training, spec.trainings, `${where}/training`);
}

function assertListed(name: string | undefined, list: readonly { readonly name: string }[], where: string): void {
  const names = list.map((each) => each.name);
  if (name !== undefined && !names.includes(name))
    throw specError(where, { expected: `one of ${names.join(", ")}`, got: name });
}

function assertBaseline(spec: BenchmarkSpec, where: string): void {
  const { baseline } = spec;
  if (baseline === undefined) return;
  assertPair(baseline, { spec, where });
  const keys = methodsOf(spec).map(({ key }) => key);
  const key = `${baseline.network}/${baseline.training}`;
  if (!keys.includes(key)) throw specError(where, { expected: `one of the pairs ${keys.join(", ")}`, got: key });
}

function assertMetrics({ metrics = [] }: BenchmarkSpec, where: string): void {
  try {
    metricsNamed(metrics, where);
  } catch (error) {
    if (!isNamedError(error)) throw error;
    throw specError(where, error.problem);
  }
}

function assertDataset(
  { path, phantom, foldCount = 5, folds = [], cases }: BenchmarkSpec["datasets"][number],
  where: string,
): void {
  if (path !== undefined && phantom !== undefined)
    throw specError(`${where}/phantom`, { expected: "a path or a phantom", got: "both" });
  const fold = folds.findIndex((each) => each >= foldCount);
  if (fold >= 0)
    throw specError(`${where}/folds/${fold}`, { expected: `a fold below ${foldCount}`, got: `${folds[fold]}` });
  if (cases !== undefined && cases < foldCount)
    throw specError(`${where}/cases`, { expected: `a case for each of ${foldCount} folds`, got: `${cases}` });
}

function specError(where: string, { expected, got }: { readonly expected: string; readonly got: string }): ConfigError {
  const next = "Correct the specification; `rarevox schema benchmark` describes every field";
  return new ConfigError({ code: "B_SPEC", where, expected, got, next });
}
