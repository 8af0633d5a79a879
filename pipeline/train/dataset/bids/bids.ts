import { basename, dirname, join } from "node:path";
import { Type } from "@sinclair/typebox";
import { parseJson } from "../../../bundle/json-schema.ts";
import { readList } from "../../../io/read-list.ts";
import { FormatError } from "../../../volume/errors.ts";
import type { LabelClass } from "../../../volume/label-class.ts";
import { type DatasetFormat, modalityOf } from "../dataset-format.ts";
import type { TrainingCase } from "../training-dataset.ts";
import { anatomyIn, type BidsFile, foldersIn, namesIn, sourceOf } from "./bids-files.ts";
import { commonLabels, lookupTable } from "./lookup-table.ts";

/**
 * BIDS: images in `sub-<label>/[ses-<label>/]anat/` and their segmentations, `…_dseg.nii.gz`, in the same place below one
 * `derivatives/<pipeline>/`.
 *
 * A segmentation belongs to the images whose name it begins with; each suffix (T1w, T2w …) that all of them have is a
 * channel, or only that of its `space` entity. Classes are those of the pipeline's `dseg.tsv`, else of the one beside each
 * segmentation, else BIDS' common labels. Images without a segmentation are test cases.
 *
 * Source: BIDS 1.10, bids-specification.readthedocs.io, derivatives/imaging
 */
export const bids: DatasetFormat = {
  name: "BIDS with segmentations below derivatives/",
  recognises: async (path) => {
    const bytes = await readList(join(path, DESCRIPTION));
    return (
      bytes !== undefined && Buffer.from(bytes).includes('"BIDSVersion"') && (await foldersIn(path, "sub-")).length > 0
    );
  },
  read: async (path) => {
    const { Name, License } = await descriptionOf(path);
    const { pipeline, segmentations } = await segmentationsIn(path);
    const images = groupBySource((await anatomyIn(path)).filter(({ suffix }) => suffix !== SEGMENTATION));
    const suffixes = channelsOf(segmentations, images, path);
    const training = segmentations.map((each) => caseOf(each, { images, suffixes, root: path }));
    const segmented = new Set(training.map(({ id }) => id));
    return {
      name: Name,
      path,
      channels: suffixes.map((name) => ({ name, modality: modalityOf(name).modality ?? "MR" })),
      classes: await classesOf(pipeline, segmentations),
      ...(License === undefined ? {} : { license: License }),
      training,
      testing: [...images].flatMap(([source, files]) => {
        const paths = suffixes.flatMap((suffix) => files.get(suffix) ?? []);
        return segmented.has(source) || paths.length < suffixes.length ? [] : [{ id: source, images: paths }];
      }),
    };
  },
};

const DESCRIPTION = "dataset_description.json";
const SEGMENTATION = "dseg";

const descriptionSchema = Type.Object({
  Name: Type.String({ minLength: 1, maxLength: 200 }),
  License: Type.Optional(Type.String({ maxLength: 200 })),
});

async function descriptionOf(path: string) {
  const where = join(path, DESCRIPTION);
  return parseJson((await readList(where)) ?? "", descriptionSchema, { where, code: "T_DATASET" });
}

/** The one pipeline with segmentations, one for each image. */
async function segmentationsIn(
  path: string,
): Promise<{ readonly pipeline: string; readonly segmentations: readonly BidsFile[] }> {
  const derivatives = join(path, "derivatives");
  const found: { readonly pipeline: string; readonly segmentations: readonly BidsFile[] }[] = [];
  for (const name of await foldersIn(derivatives)) {
    const pipeline = join(derivatives, name);
    const segmentations = (await anatomyIn(pipeline)).filter(({ suffix }) => suffix === SEGMENTATION);
    if (segmentations.length > 0) found.push({ pipeline, segmentations });
  }
  const [first, ...others] = found;
  if (first === undefined || others.length > 0)
    throw layoutError(derivatives, {
      expected: "one folder with sub-<label>/anat/…_dseg.nii.gz",
      got: found.map(({ pipeline }) => basename(pipeline)).join(", ") || "none",
    });
  const sources = first.segmentations.map(sourceOf);
  const twice = sources.find((source, n) => sources.indexOf(source) < n);
  if (twice === undefined) return first;
  throw layoutError(first.pipeline, { expected: "one segmentation for each image", got: `several of ${twice}` });
}

/** Images by what their names have in common, then by suffix. */
type ImagesBySource = ReadonlyMap<string, ReadonlyMap<string, string>>;

function groupBySource(images: readonly BidsFile[]): ImagesBySource {
  const groups = new Map<string, Map<string, string>>();
  for (const image of images) {
    const source = sourceOf(image);
    groups.set(source, (groups.get(source) ?? new Map<string, string>()).set(image.suffix, image.path));
  }
  return groups;
}

/** Suffixes that the images of all segmentations have. */
function channelsOf(segmentations: readonly BidsFile[], images: ImagesBySource, path: string): readonly string[] {
  const sets = segmentations.flatMap((each) => {
    const own = [...(images.get(sourceOf(each))?.keys() ?? [])];
    const space = each.entities.get("space");
    return own.length === 0 ? [] : [space !== undefined && own.includes(space) ? [space] : own];
  });
  const [first = [], ...others] = sets;
  const shared = first.filter((suffix) => others.every((own) => own.includes(suffix))).sort();
  if (shared.length > 0) return shared;
  const got = sets.length === 0 ? "no image that a segmentation is named after" : "different suffixes";
  throw layoutError(path, { expected: "images of one suffix, such as T1w, for all segmentations", got });
}

interface CaseSources {
  readonly images: ImagesBySource;
  readonly suffixes: readonly string[];
  readonly root: string;
}

/** A segmentation without its image stays a case, so that it is named when cases are examined. */
function caseOf(segmentation: BidsFile, { images, suffixes, root }: CaseSources): TrainingCase {
  const id = sourceOf(segmentation);
  const { entities, path } = segmentation;
  const [subject, session] = ["sub", "ses"].map((key) => entities.get(key));
  const place = join(root, `sub-${subject}`, session === undefined ? "" : `ses-${session}`, "anat");
  const imageOf = (suffix: string) => images.get(id)?.get(suffix) ?? join(place, `${id}_${suffix}.nii.gz`);
  return {
    id,
    patient: `sub-${subject}`,
    images: suffixes.map(imageOf),
    labels: { kind: "label-map", path },
  };
}

async function classesOf(pipeline: string, segmentations: readonly BidsFile[]): Promise<readonly LabelClass[]> {
  const [top] = (await namesIn(pipeline)).filter((name) => /(^|_)dseg\.tsv$/.test(name));
  if (top !== undefined) return lookupTable(join(pipeline, top));
  const tables: LabelClass[][] = [];
  for (const { path } of segmentations) {
    const beside = basename(path).replace(/\.nii(\.gz)?$/, ".tsv");
    if ((await namesIn(dirname(path))).includes(beside))
      tables.push([...(await lookupTable(join(dirname(path), beside)))]);
  }
  const [first, ...others] = tables;
  if (first === undefined) return commonLabels;
  const meaningOf = (table: readonly LabelClass[]) => JSON.stringify(table.map(({ id, name }) => [id, name]));
  if (others.every((each) => meaningOf(each) === meaningOf(first))) return first;
  throw layoutError(pipeline, { expected: "tables that say the same of every segmentation", got: "different ones" });
}

function layoutError(
  where: string,
  { expected, got }: { readonly expected: string; readonly got: string },
): FormatError {
  const next = "List the images and labels that are meant in a CSV file with the columns id, image, label, patient";
  return new FormatError({ code: "T_DATASET", where, expected, got, next });
}
