import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** A file whose name says what it is: `sub-01_ses-2_acq-fast_T1w.nii.gz`. */
export interface BidsFile {
  readonly path: string;
  /** By key and in the order of the name, such as sub: 01. */
  readonly entities: ReadonlyMap<string, string>;
  /** Such as T1w or dseg. */
  readonly suffix: string;
}

/** Entities that a derivative adds to those of the image that it was made from. Source: BIDS 1.10, derivatives/imaging */
const ofDerivatives: ReadonlySet<string> = new Set(["space", "atlas", "seg", "scale", "res", "den", "label", "desc"]);

/** What a file shares with the image that it was made from, as a name: `sub-01_ses-2_acq-fast`. */
export function sourceOf({ entities }: BidsFile): string {
  return [...entities].flatMap(([key, value]) => (ofDerivatives.has(key) ? [] : [`${key}-${value}`])).join("_");
}

/** The NIfTI files in the `anat` folders of all subjects and sessions below a folder, by name. */
export async function anatomyIn(folder: string): Promise<readonly BidsFile[]> {
  const files: BidsFile[] = [];
  for (const subject of await foldersIn(folder, "sub-"))
    for (const place of [join(folder, subject), ...(await sessionsIn(join(folder, subject)))])
      for (const name of await namesIn(join(place, "anat"))) {
        const file = bidsFileAt(join(place, "anat"), name);
        if (file !== undefined) files.push(file);
      }
  return files;
}

/** Names of folders that begin so. */
export async function foldersIn(folder: string, start = ""): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(start) && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}

/** Names of files, sorted. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

async function sessionsIn(subject: string): Promise<readonly string[]> {
  return (await foldersIn(subject, "ses-")).map((name) => join(subject, name));
}

function bidsFileAt(folder: string, name: string): BidsFile | undefined {
  const parts = /^((?:[a-zA-Z]+-[a-zA-Z0-9+]+_)+)([A-Za-z0-9]+)\.nii(?:\.gz)?$/.exec(name);
  if (parts === null) return undefined;
  const [, entities, suffix] = parts;
  const pairs = entities.split("_").slice(0, -1);
  const entityOf = (pair: string) => [pair.slice(0, pair.indexOf("-")), pair.slice(pair.indexOf("-") + 1)] as const;
  return { path: join(folder, name), suffix, entities: new Map(pairs.map(entityOf)) };
}
