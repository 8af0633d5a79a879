import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readList } from "../../io/read-list.ts";
import { FormatError } from "../../volume/errors.ts";
import { inOrder } from "../in-order.ts";
import { classesFrom, type DatasetFormat } from "./dataset-format.ts";
import type { TrainingCase } from "./training-dataset.ts";

/**
 * ACDC: cine MR of 100 and 50 patients with both ventricles and the myocardium, at end-diastole and end-systole.
 *
 * A folder per patient, below `training/` and `testing/` or side by side: `Info.cfg` says which two frames,
 * `patient001_frame01.nii.gz` is one and `patient001_frame01_gt.nii.gz` what is in it.
 *
 * Source: Bernard 2018, doi:10.1109/TMI.2018.2837502; layout and labels as in MIC-DKFZ/nnUNet,
 *         nnunetv2/dataset_conversion/Dataset027_ACDC.py
 */
export const acdc: DatasetFormat = {
  name: "ACDC",
  recognises: async (path) => (await trainingFolderIn(path)) !== undefined,
  read: async (path) => {
    const training = (await trainingFolderIn(path)) ?? path;
    const testing = training === path ? [] : await framesIn(join(dirname(training), "testing"));
    return {
      name: basename(path),
      path,
      channels: [{ name: "cine MR", modality: "MR" }],
      classes: classesFrom([
        { id: 1, name: "right ventricle" },
        { id: 2, name: "myocardium" },
        { id: 3, name: "left ventricle" },
      ]),
      license: "CC BY-NC-SA 4.0",
      reference: "doi:10.1109/TMI.2018.2837502",
      training: await framesIn(training),
      testing,
    };
  },
};

const INFO = "Info.cfg";

async function trainingFolderIn(path: string): Promise<string | undefined> {
  for (const folder of [path, join(path, "training"), join(path, "database", "training")])
    for (const patient of await patientsIn(folder))
      if ((await readdir(join(folder, patient))).includes(INFO)) return folder;
  return undefined;
}

async function patientsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && /^patient\d{3}$/.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** Two cases of each patient. */
async function framesIn(folder: string): Promise<readonly TrainingCase[]> {
  const patients = await patientsIn(folder);
  return (await inOrder(patients, (patient) => framesOf(patient, join(folder, patient)), { atOnce: 8 })).flat();
}

async function framesOf(patient: string, folder: string): Promise<readonly TrainingCase[]> {
  const where = join(folder, INFO);
  const info = Buffer.from((await readList(where)) ?? []).toString("utf8");
  const files = new Set(await readdir(folder));
  return ["ED", "ES"].map((phase) => {
    const frame = new RegExp(`^${phase}:\\s*(\\d+)\\s*$`, "m").exec(info)?.[1];
    if (frame === undefined) throw frameError(where, phase);
    const id = `${patient}_frame${frame.padStart(2, "0")}`;
    const labels = `${id}_gt.nii.gz`;
    return {
      id,
      patient,
      images: [join(folder, `${id}.nii.gz`)],
      ...(files.has(labels) ? { labels: { kind: "label-map" as const, path: join(folder, labels) } } : {}),
    };
  });
}

function frameError(where: string, phase: string): FormatError {
  return new FormatError({
    code: "T_DATASET",
    where,
    expected: `a line such as ${phase}: 1 that gives the frame`,
    got: "none",
    next: "Take the patient's folder as it was published, or move it away",
  });
}
