import { basename, dirname } from "node:path";
import { csvRows } from "../../io/read-csv.ts";
import { readList } from "../../io/read-list.ts";
import { FormatError } from "../../volume/errors.ts";
import { channelsOfImages } from "./channels-of-images.ts";
import { withLabelClasses } from "./classes-of-labels.ts";
import { type DatasetFormat, modalityOf, pathInside } from "./dataset-format.ts";
import { patientOfName } from "./patients.ts";
import type { DatasetChannel, TrainingCase } from "./training-dataset.ts";

/**
 * A table with a row per case: `id`, `image` (or `image_T1`, `image_T2` … for one file per channel), `label`, `split`,
 * `patient`.
 *
 * Paths are relative to the table. `split` is train or test, train where it is empty; `patient` says whose case it is, where
 * it is not empty; other columns are ignored. Commas, semicolons or tabs part the columns, whichever the first line has.
 */
export const csvList: DatasetFormat = {
  name: "a CSV file with the columns id, image, label",
  recognises: async (path) => /\.(csv|tsv)$/i.test(path) && (await readList(path)) !== undefined,
  read: async (path, { signal }) => {
    const table = tableOf((await readList(path)) ?? new Uint8Array(), path);
    const rows = table.rows.map((cells, n) =>
      rowOf(cells, { table, where: `${path} row ${n + 2}`, folder: dirname(path) }),
    );
    if (rows.length === 0) throw tableError(path, "a row per case", "none");
    const of = (split: Split) => rows.filter((row) => row.split === split).map((row) => row.trainingCase);
    const search = { folder: dirname(path), signal };
    return {
      name: basename(path).replace(/\.[ct]sv$/i, ""),
      path,
      channels: await channelsOf(table, { cases: rows.map(({ trainingCase }) => trainingCase), signal }),
      ...(await withLabelClasses({ training: of("train"), testing: of("test") }, search)),
    };
  },
};

/** What to do about a table that cannot be read. */
const NEXT = "The first line names the columns: id, image, label, split, patient";

interface Table {
  readonly id: number;
  readonly images: readonly { readonly name: string; readonly column: number }[];
  /** -1 where there is no such column. */
  readonly label: number;
  readonly split: number;
  readonly patient: number;
  readonly rows: readonly (readonly string[])[];
}

function tableOf(bytes: Uint8Array, where: string): Table {
  const [header, ...rows] = csvRows(bytes, { where, next: NEXT });
  const columns = (header ?? []).map((name) => name.toLowerCase());
  const images = columns.flatMap((name, column) =>
    /^image(_.+)?$/.test(name) ? [{ name: header[column].slice("image_".length), column }] : [],
  );
  const id = columns.indexOf("id");
  if (id < 0 || images.length === 0) throw tableError(where, "the columns id and image", `${columns.length} others`);
  const [label, split, patient] = ["label", "split", "patient"].map((name) => columns.indexOf(name));
  return { id, images, label, split, patient, rows };
}

type Split = "train" | "test";

const splits: ReadonlyMap<string, Split> = new Map([
  ["", "train"],
  ["train", "train"],
  ["training", "train"],
  ["test", "test"],
  ["testing", "test"],
]);

function rowOf(
  cells: readonly string[],
  { table, where, folder }: { readonly table: Table; readonly where: string; readonly folder: string },
): { readonly split: Split; readonly trainingCase: TrainingCase } {
  const id = cells[table.id];
  const split = splits.get((cells[table.split] ?? "").toLowerCase());
  if (split === undefined) throw tableError(where, "train or test under split", "another word");
  const images = table.images.map(({ column }) => cells[column]);
  if (id === "" || images.includes(""))
    throw tableError(where, "an id and a file for each image column", "an empty cell");
  const label = cells[table.label] ?? "";
  const patient = cells[table.patient] ?? "";
  const place = { folder, where };
  return {
    split,
    trainingCase: {
      id,
      ...(patient === "" ? patientOfName(id) : { patient }),
      images: images.map((image) => pathInside(image, place)),
      ...(label === "" ? {} : { labels: { kind: "label-map", path: pathInside(label, place) } }),
    },
  };
}

async function channelsOf(
  { images }: Table,
  { cases, signal }: { readonly cases: readonly TrainingCase[]; readonly signal: AbortSignal | undefined },
): Promise<readonly DatasetChannel[]> {
  if (images.length === 1)
    return channelsOfImages(
      cases.map((each) => each.images[0]),
      { signal },
    );
  return images.map(({ name }, n) => ({ name: name === "" ? `image ${n + 1}` : name, ...modalityOf(name) }));
}

function tableError(where: string, expected: string, got: string): FormatError {
  return new FormatError({ code: "T_CSV", where, expected, got, next: NEXT });
}
