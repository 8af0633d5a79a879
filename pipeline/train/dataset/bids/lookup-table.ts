import { csvRows } from "../../../io/read-csv.ts";
import { readList } from "../../../io/read-list.ts";
import { FormatError } from "../../../volume/errors.ts";
import type { LabelClass } from "../../../volume/label-class.ts";
import { classesFrom } from "../dataset-format.ts";

/** What the numbers of a segmentation mean without a table. Source: BIDS 1.10, derivatives/imaging, common labels */
export const commonLabels: readonly LabelClass[] = classesFrom(
  [
    "gray matter",
    "white matter",
    "cerebrospinal fluid",
    "bone",
    "soft tissue",
    "non-brain",
    "lesion",
    "cortical gray matter",
    "subcortical gray matter",
    "brainstem",
    "cerebellum",
  ].map((name, n) => ({ id: n + 1, name })),
);

/**
 * The classes in a `dseg.tsv`: the columns index and name, and color where there is one.
 *
 * Errors: FormatError T_CSV for a ragged table, T_CLASSES for one without these columns or with an index or colour that is none
 * Source: BIDS 1.10, derivatives/imaging, discrete segmentations
 */
export async function lookupTable(path: string): Promise<readonly LabelClass[]> {
  const refuse = (expected: string, got: string): never => {
    throw tableError(path, { expected, got });
  };
  const bytes = (await readList(path)) ?? new Uint8Array();
  const [header = [], ...rows] = csvRows(bytes, { where: path, next: NEXT });
  const [index, name, color] = ["index", "name", "color"].map((column) => header.indexOf(column));
  if (index < 0 || name < 0) refuse("the columns index and name", header.join(", "));
  const listed = rows.map((cells) => {
    if (!/^\d{1,5}$/.test(cells[index])) refuse("a whole number under index", cells[index]);
    return { id: Number(cells[index]), name: cells[name], colour: cells[color] ?? NOT_AVAILABLE };
  });
  const colourOf = new Map(listed.map(({ id, colour }) => [id, colour]));
  return classesFrom(listed).map((each) => {
    const colour = colourOf.get(each.id) ?? NOT_AVAILABLE;
    if (colour === NOT_AVAILABLE || colour === "") return each;
    const digits = /^#([0-9a-f]{6})$/i.exec(colour)?.[1] ?? refuse("a colour such as #ff53bb", colour);
    const [red, green, blue] = [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
    return { ...each, colorRgb: [red, green, blue] };
  });
}

/** What BIDS writes into an empty cell. */
const NOT_AVAILABLE = "n/a";

const NEXT = "Write it as BIDS has it: index, name, color, parted by tabs";

function tableError(
  where: string,
  { expected, got }: { readonly expected: string; readonly got: string },
): FormatError {
  return new FormatError({ code: "T_CLASSES", where, expected, got, next: NEXT });
}
