import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Type } from "@sinclair/typebox";
import { parseJson } from "../../bundle/json-schema.ts";
import { readList } from "../../io/read-list.ts";
import { ConfigError } from "../../volume/errors.ts";
import { acdc } from "./acdc.ts";
import { bcss } from "./bcss.ts";
import { bids } from "./bids/bids.ts";
import { checkNames } from "./check-names.ts";
import { crag } from "./crag.ts";
import { csvList } from "./csv-list.ts";
import type { DatasetFormat, DatasetList, FindDatasetOptions } from "./dataset-format.ts";
import { dicomFolders } from "./dicom-folders.ts";
import { folderPair } from "./folder-pair.ts";
import { ibdMre } from "./ibd-mre.ts";
import { msd } from "./msd.ts";
import { nnunetRaw } from "./nnunet-raw.ts";
import { prostatex } from "./prostatex.ts";
import { s2ds } from "./s2ds.ts";
import type { TrainingDataset } from "./training-dataset.ts";

/** Kinds of data sets, in the order in which they are tried. */
export const datasetFormats: readonly DatasetFormat[] = [
  nnunetRaw,
  msd,
  csvList,
  ibdMre,
  acdc,
  prostatex,
  bcss,
  crag,
  s2ds,
  bids,
  folderPair,
  dicomFolders,
];

/**
 * A data set at a path, whatever kind it is.
 *
 * Cost:   headers of files at most where a list names the classes; else the label maps are read to find them
 * Errors: ConfigError T_DATASET when there is none; FormatError and ConfigError for what is wrong with its list, T_NAME for
 *         names that no plan could hold
 */
export async function findDataset(path: string, options: FindDatasetOptions = {}): Promise<TrainingDataset> {
  const place = resolve(path);
  const list = await listAt(place);
  for (const format of datasetFormats)
    if (await format.recognises(place, list, options)) {
      const found = await format.read(place, options);
      checkNames(found);
      return found;
    }
  throw new ConfigError({
    code: "T_DATASET",
    where: path,
    expected: `a data set: ${datasetFormats.map(({ name }) => name).join(", ")}`,
    got: (await stat(place).catch(() => undefined)) === undefined ? "nothing at this path" : "none of these",
    next: "See README, Data sets",
  });
}

/** The object in `dataset.json`; which keys it has to have is said by the format that it looks like. */
async function listAt(folder: string): Promise<DatasetList | undefined> {
  const where = join(folder, "dataset.json");
  const bytes = await readList(where);
  return bytes === undefined ? undefined : parseJson(bytes, Type.Object({}), { where, code: "T_DATASET" });
}
