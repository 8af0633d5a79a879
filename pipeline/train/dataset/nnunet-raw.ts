import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { parseJson } from "../../bundle/json-schema.ts";
import type { Frozen } from "../../bundle/schema-parts.ts";
import { readList } from "../../io/read-list.ts";
import { FormatError } from "../../volume/errors.ts";
import { classesFrom, type DatasetFormat, modalityOf, pathInside } from "./dataset-format.ts";
import { patientsSchema, withPatients } from "./patients.ts";
import type { DatasetRegion, TrainingCase, TrainingDataset } from "./training-dataset.ts";

const id = Type.Integer({ minimum: 0, maximum: 65535 });
const path = Type.String({ minLength: 1, maxLength: 1000 });

/** As nnU-Net v2 writes it; further keys are ignored. */
const rawSchema = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 200 })),
  reference: Type.Optional(Type.String({ maxLength: 10_000 })),
  licence: Type.Optional(Type.String({ maxLength: 200 })),
  license: Type.Optional(Type.String({ maxLength: 200 })),
  channel_names: Type.Record(Type.String({ pattern: "^\\d{1,2}$" }), Type.String({ maxLength: 64 })),
  labels: Type.Record(Type.String({ maxLength: 64 }), Type.Union([id, Type.Array(id, { minItems: 1 })])),
  regions_class_order: Type.Optional(Type.Array(id)),
  file_ending: Type.String({ pattern: "^\\.[A-Za-z0-9.]{1,16}$" }),
  patients: patientsSchema,
  dataset: Type.Optional(
    Type.Record(
      Type.String({ maxLength: 300 }),
      Type.Object({ images: Type.Array(path, { minItems: 1 }), label: path }),
    ),
  ),
});

type RawList = Frozen<Static<typeof rawSchema>>;

interface Place {
  readonly folder: string;
  readonly where: string;
}

/**
 * nnU-Net v2's raw data set, with regions, ignore label and explicit file lists.
 *
 * Source: MIC-DKFZ/nnUNet, documentation/dataset_format.md, region_based_training.md, ignore_label.md
 */
export const nnunetRaw: DatasetFormat = {
  name: "nnU-Net",
  recognises: async (_, list) => list !== undefined && "channel_names" in list,
  read: async (folder) => {
    const where = join(folder, "dataset.json");
    const list = parseJson((await readList(where)) ?? "", rawSchema, { where, code: "T_DATASET" });
    return datasetOf(list, { folder, where });
  },
};

async function datasetOf(list: RawList, place: Place): Promise<TrainingDataset> {
  const { channel_names, labels, name, reference } = list;
  const channels = Object.entries(channel_names)
    .sort(([first], [second]) => Number(first) - Number(second))
    .map(([, channel]) => ({ name: channel, ...modalityOf(channel) }));
  const { ignore, background: _, ...meant } = labels;
  const single = Object.entries(meant).flatMap(([name, value]) =>
    typeof value === "number" ? [{ name, id: value }] : [],
  );
  const regions = regionsOf(meant, list, place);
  const license = list.license ?? list.licence;
  return {
    name: name ?? basename(place.folder),
    path: place.folder,
    channels,
    classes: classesFrom(regions === undefined ? single : classesOfRegions(regions)),
    ...(regions === undefined ? {} : { regions }),
    ...(typeof ignore === "number" ? { ignoreLabel: ignore } : {}),
    ...(license === undefined ? {} : { license }),
    ...(reference === undefined ? {} : { reference }),
    training: withPatients(await trainingCases(list, place), { patients: list.patients, where: place.where }),
    testing: await testCases(list, place),
  };
}

/** Regions in the order in which they are written over one another. */
function regionsOf(labels: RawList["labels"], list: RawList, { where }: Place): readonly DatasetRegion[] | undefined {
  if (Object.values(labels).every((value) => typeof value === "number")) return undefined;
  const regions = Object.entries(labels).map(([name, value]) => ({
    name,
    classIds: (typeof value === "number" ? [value] : [...value]).sort((first, second) => first - second),
  }));
  const { length } = list.regions_class_order ?? [];
  if (length !== regions.length)
    throw regionsError(where, `regions_class_order with ${regions.length} entries, one per region`, `${length}`);
  const withBackground = regions.find(({ classIds }) => classIds.includes(0));
  if (withBackground === undefined) return regions;
  throw regionsError(where, "regions of labels from 1 on", `0 in region ${withBackground.name}`);
}

function regionsError(where: string, expected: string, got: string): FormatError {
  const next =
    "See nnU-Net, Region-based training: each region lists its labels, regions_class_order what it leaves behind";
  return new FormatError({ code: "T_DATASET", where, expected, got, next });
}

/** The label values that regions are made of, each named after the smallest region that has it. */
function classesOfRegions(
  regions: readonly DatasetRegion[],
): readonly { readonly id: number; readonly name: string }[] {
  const ids = [...new Set(regions.flatMap(({ classIds }) => classIds))].sort((first, second) => first - second);
  return ids.map((each) => {
    const [smallest] = regions
      .filter(({ classIds }) => classIds.includes(each))
      .sort((first, second) => first.classIds.length - second.classIds.length);
    const alone = smallest.classIds.length === 1;
    return { id: each, name: alone ? smallest.name : `${smallest.name} (${each})` };
  });
}

async function trainingCases(list: RawList, place: Place): Promise<readonly TrainingCase[]> {
  if (list.dataset !== undefined)
    return Object.entries(list.dataset).map(([id, { images, label }]) => ({
      id,
      images: images.map((image) => pathInside(image, place)),
      labels: { kind: "label-map", path: pathInside(label, place) },
    }));
  return casesIn(place, list, { images: "imagesTr", labels: "labelsTr" });
}

function testCases(list: RawList, place: Place): Promise<readonly TrainingCase[]> {
  return casesIn(place, list, { images: "imagesTs", labels: "labelsTs" });
}

/** Cases by the names of their images: `<case>_0000.nii.gz`, one file per channel, or one of all for colour pictures. */
async function casesIn(
  { folder }: Place,
  { file_ending }: RawList,
  folders: { readonly images: string; readonly labels: string },
): Promise<readonly TrainingCase[]> {
  const names = await namesIn(join(folder, folders.images));
  const labels = new Set(await namesIn(join(folder, folders.labels)));
  const images = new Map<string, string[]>();
  for (const name of names) {
    const stem = name.endsWith(file_ending) ? name.slice(0, -file_ending.length) : "";
    if (!CHANNEL.test(stem)) continue;
    const id = stem.replace(CHANNEL, "");
    images.set(id, [...(images.get(id) ?? []), join(folder, folders.images, name)]);
  }
  return [...images].map(([id, paths]) => ({
    id,
    images: paths,
    ...(labels.has(id + file_ending)
      ? { labels: { kind: "label-map" as const, path: join(folder, folders.labels, id + file_ending) } }
      : {}),
  }));
}

/** Number of a channel at the end of a name. */
const CHANNEL = /_\d{4}$/;

/** Sorted, so that channels and cases are too. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}
