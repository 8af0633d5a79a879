import { dirname, join, resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { writeSharedMreDataset } from "../fixtures/phantom/mre/write-shared-dataset.ts";
import { type BenchmarkSpec, ConfigError, type SpecDataset } from "../pipeline/index.ts";

/** Where data sets lie, by their names. */
export type DataPaths = ReadonlyMap<string, string>;

/** Adds what `--data <name>=<path>` says. */
export function addDataPath(text: string, sofar: DataPaths = new Map()): DataPaths {
  const [name, ...path] = text.split("=");
  if (name === "" || path.join("=") === "")
    throw new InvalidArgumentError("expected <name>=<path> with the name of a data set");
  return new Map([...sofar, [name, path.join("=")]]);
}

/** Where paths are looked up, and where phantoms are drawn. */
export interface DataPlaces {
  readonly specPath: string;
  readonly given: DataPaths;
  readonly out: string;
  readonly onProgress: (dataset: string, done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/**
 * The place of each data set of a specification: what the command line says, else its own path; phantoms are drawn.
 *
 * Empty:  a data set without a place is left out
 * Errors: ConfigError B_DATA for a name that the specification does not have; as `writeSharedMreDataset`
 */
export async function dataPathsOf({ datasets }: BenchmarkSpec, places: DataPlaces): Promise<DataPaths> {
  const names = datasets.map(({ name }) => name);
  const stranger = [...places.given.keys()].find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw new ConfigError({
      code: "B_DATA",
      where: "--data",
      expected: `one of ${names.join(", ")}`,
      got: stranger,
      next: "Give the path of a data set of this specification",
    });
  const paths = new Map<string, string>();
  for (const dataset of datasets) {
    const path = await dataPathOf(dataset, places);
    if (path !== undefined) paths.set(dataset.name, path);
  }
  return paths;
}

async function dataPathOf({ name, path, phantom }: SpecDataset, places: DataPlaces): Promise<string | undefined> {
  const given = places.given.get(name);
  if (given !== undefined) return given;
  if (path !== undefined) return resolve(dirname(places.specPath), path);
  return phantom === undefined ? undefined : drawnPhantom(name, phantom, places);
}

async function drawnPhantom(
  name: string,
  { cases, seed = 1, size = "full" }: NonNullable<SpecDataset["phantom"]>,
  { out, onProgress, signal }: DataPlaces,
): Promise<string> {
  const folder = join(out, "phantoms", name);
  let done = 0;
  await writeSharedMreDataset(folder, { cases, seed, size, signal, onCase: () => onProgress(name, ++done, cases) });
  return folder;
}
