import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { Type } from "@sinclair/typebox";
import { parseJson } from "../../bundle/json-schema.ts";
import type { Frozen } from "../../bundle/schema-parts.ts";
import { readList } from "../../io/read-list.ts";
import { caseIdOf } from "../../io/volume-names.ts";
import { classesFrom, type DatasetFormat, modalityOf, pathInside } from "./dataset-format.ts";
import { patientsSchema, withPatients } from "./patients.ts";
import type { TrainingCase, TrainingDataset } from "./training-dataset.ts";

const path = Type.String({ minLength: 1, maxLength: 1000 });
const text = Type.Optional(Type.String({ maxLength: 10_000 }));

/** As the Medical Segmentation Decathlon writes it; further keys are ignored. */
const msdSchema = Type.Object({
  name: text,
  reference: text,
  licence: text,
  license: text,
  modality: Type.Record(Type.String({ pattern: "^\\d{1,2}$" }), Type.String({ maxLength: 64 })),
  labels: Type.Record(Type.String({ pattern: "^\\d{1,5}$" }), Type.String({ maxLength: 64 })),
  training: Type.Array(Type.Object({ image: path, label: path }), { minItems: 1, maxItems: 1_000_000 }),
  test: Type.Optional(Type.Array(Type.Union([path, Type.Object({ image: path, label: Type.Optional(path) })]))),
  patients: patientsSchema,
});

type MsdList = Frozen<(typeof msdSchema)["static"]>;

/** Medical Segmentation Decathlon. Source: Antonelli 2022, doi:10.1038/s41467-022-30695-9, http://medicaldecathlon.com */
export const msd: DatasetFormat = {
  name: "MSD",
  recognises: async (_, list) => list !== undefined && "modality" in list,
  read: async (folder) => {
    const where = join(folder, "dataset.json");
    const list = parseJson((await readList(where)) ?? "", msdSchema, { where, code: "T_DATASET" });
    // The Decathlon keeps the labels of its test images to itself; who has some puts them here.
    const testLabels = new Set(await readdir(join(folder, TEST_LABELS)).catch(() => []));
    return datasetOf(list, { folder, where, testLabels });
  },
};

interface Place {
  readonly folder: string;
  readonly where: string;
  readonly testLabels: ReadonlySet<string>;
}

const TEST_LABELS = "labelsTs";

function datasetOf(list: MsdList, place: Place): TrainingDataset {
  const { labels, modality, training, test = [] } = list;
  const channels = Object.entries(modality)
    .sort(([first], [second]) => Number(first) - Number(second))
    .map(([, name]) => ({ name, ...modalityOf(name) }));
  const caseOf = (image: string, label: string | undefined): TrainingCase => ({
    id: caseIdOf(image),
    images: [pathInside(image, place)],
    ...(label === undefined ? {} : { labels: { kind: "label-map", path: pathInside(label, place) } }),
  });
  const testCase = (image: string) => {
    const name = basename(image);
    return caseOf(image, place.testLabels.has(name) ? join(TEST_LABELS, name) : undefined);
  };
  const license = list.license ?? list.licence;
  return {
    name: list.name ?? "MSD data set",
    path: place.folder,
    channels,
    classes: classesFrom(Object.entries(labels).map(([id, name]) => ({ id: Number(id), name }))),
    ...(license === undefined ? {} : { license }),
    ...(list.reference === undefined ? {} : { reference: list.reference }),
    training: withPatients(
      training.map(({ image, label }) => caseOf(image, label)),
      { patients: list.patients, where: place.where },
    ),
    testing: test.map((each) => (typeof each === "string" ? testCase(each) : caseOf(each.image, each.label))),
  };
}
