import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { sweepTemporary, type WrittenFile, writeFileWhole, writeFolderWhole } from "../io/atomic-write.ts";
import { environmentErrorOf } from "../io/environment.ts";
import type { SegmentationOptions } from "../io/scan-format.ts";
import { ConfigError } from "../volume/errors.ts";
import type { DicomOrigin, Warning } from "../volume/scan.ts";
import { type Deliverable, defaultDeliverables, deliverables } from "./deliver/deliverables.ts";
import { provenanceJson } from "./deliver/provenance.ts";
import type { Segmentation } from "./segmentation.ts";

/** How a segmentation is written. */
export interface DeliverOptions {
  /** Names of `deliverables`; the usual ones when left out. */
  readonly formats?: readonly string[];
  /** The DICOM series to refer to, for a scan that did not come from one. */
  readonly reference?: DicomOrigin;
  /** What to do with a folder that has files already: refuse (default) or put the new one in its place. */
  readonly existing?: "refuse" | "replace";
  readonly segmentation?: SegmentationOptions;
  /** Time of the clock for the files that have to carry one; now, when left out. */
  readonly createdAt?: Date;
  readonly signal?: AbortSignal;
}

/** What was written, and what was not. */
export interface Delivered {
  readonly files: readonly WrittenFile[];
  readonly warnings: readonly Warning[];
}

/**
 * Writes a segmentation into a folder of its own, which appears whole or not at all.
 *
 * Empty:  without a DICOM series the DICOM SEG is left out, with warning W_NO_DICOM, unless it was asked for by name
 * Errors: ConfigError for an unknown format, a folder that has files already, a DICOM SEG without a series;
 *         EnvironmentError from the disk
 */
export async function deliver(
  segmentation: Segmentation,
  folder: string,
  options: DeliverOptions = {},
): Promise<Delivered> {
  const { existing = "refuse", createdAt = new Date(), signal } = options;
  const { chosen, warnings } = chooseDeliverables(segmentation, options);
  const target = resolve(folder);
  if (existing === "refuse") await assertFree(target);
  await makeParent(target);
  const replaced = existing === "replace" ? await setAside(target) : undefined;
  let files: readonly WrittenFile[] = [];
  try {
    await writeFolderWhole(
      target,
      async (unpublished) => {
        files = await fill(
          unpublished,
          { ...segmentation, warnings: [...segmentation.warnings, ...warnings] },
          { chosen, options, createdAt },
        );
      },
      signal === undefined ? {} : { signal },
    );
  } catch (error) {
    if (replaced !== undefined) await rename(replaced, target);
    throw error;
  }
  if (replaced !== undefined) await rm(replaced, { recursive: true });
  return { files, warnings };
}

function chooseDeliverables({ scan }: Segmentation, { formats, reference }: DeliverOptions) {
  const chosen = (formats ?? defaultDeliverables).map(deliverableNamed);
  const hasDicom = reference !== undefined || scan.dicom !== undefined;
  const impossible = hasDicom ? [] : chosen.filter(({ needsDicom }) => needsDicom);
  if (impossible.length > 0 && formats !== undefined)
    throw new ConfigError({
      code: "C_REFERENCE",
      where: `format ${impossible[0].name}`,
      expected: "a DICOM series to refer to",
      got: `a scan read from ${scan.format}`,
      next: "Pass --reference <dicom folder>, or leave the format out",
    });
  return {
    chosen: chosen.filter((each) => !impossible.includes(each)),
    warnings: impossible.map(
      ({ name }): Warning => ({
        code: "W_NO_DICOM",
        where: name,
        text: `left out: the scan came from ${scan.format}; pass --reference <dicom folder> to get it`,
      }),
    ),
  };
}

function deliverableNamed(name: string): Deliverable {
  const found = deliverables.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new ConfigError({
    code: "C_FORMAT",
    where: "formats",
    expected: `names out of ${deliverables.map((each) => each.name).join(", ")}`,
    got: JSON.stringify(name.slice(0, 32)),
    next: "Separate names by commas",
  });
}

/** Also clears away what a run that was killed left beside it. */
async function makeParent(folder: string): Promise<void> {
  try {
    await mkdir(dirname(folder), { recursive: true });
    await sweepTemporary(dirname(folder));
  } catch (error) {
    throw environmentErrorOf(error, { where: folder, expected: "a place where a folder can be made" });
  }
}

/** Empty for a folder that is not there. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function assertFree(folder: string): Promise<void> {
  const names = await namesIn(folder);
  if (names.length === 0) return;
  throw new ConfigError({
    code: "C_EXISTS",
    where: folder,
    expected: "no results there yet",
    got: `${names.length} files`,
    next: "Pass --overwrite to put the new result in its place, or choose another folder",
  });
}

/** Moves a former result out of the way; only one of ours, told by its provenance. */
async function setAside(folder: string): Promise<string | undefined> {
  const names = await namesIn(folder);
  if (names.length === 0) return undefined;
  if (!names.includes("provenance.json"))
    throw new ConfigError({
      code: "C_FOREIGN",
      where: folder,
      expected: "an empty folder or a former result of rarevox",
      got: `${names.length} other files`,
      next: "Choose another folder; files that rarevox did not write are never removed",
    });
  const aside = join(dirname(folder), `.${basename(folder)}.replaced-${process.pid}`);
  await rename(folder, aside);
  return aside;
}

interface FillOptions {
  readonly chosen: readonly Deliverable[];
  readonly options: DeliverOptions;
  readonly createdAt: Date;
}

async function fill(folder: string, segmentation: Segmentation, { chosen, options, createdAt }: FillOptions) {
  const { reference, segmentation: encoding, signal } = options;
  const outputs: WrittenFile[] = [];
  for (const { file, write } of chosen) {
    signal?.throwIfAborted();
    const path = join(folder, file);
    await write(segmentation, path, {
      now: createdAt,
      ...(reference === undefined ? {} : { reference }),
      ...(encoding === undefined ? {} : { segmentation: encoding }),
      ...(signal === undefined ? {} : { signal }),
    });
    outputs.push(await factsOf(path));
  }
  const provenance = provenanceJson(segmentation, { outputs, createdAt });
  await writeFileWhole(join(folder, "provenance.json"), (append) => append(Buffer.from(provenance, "utf8")));
  return outputs;
}

/** What a written file holds, as read back from the disk. */
async function factsOf(path: string): Promise<WrittenFile> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { path: basename(path), bytes: (await stat(path)).size, sha256: hash.digest("hex") };
}
