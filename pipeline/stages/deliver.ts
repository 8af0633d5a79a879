import { join } from "node:path";
import { type WrittenFile, writeFileWhole } from "../io/atomic-write.ts";
import { writeResultFolder, writtenFileAt } from "../io/result-folder.ts";
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
  let files: readonly WrittenFile[] = [];
  await writeResultFolder(
    folder,
    async (unpublished) => {
      const warned = { ...segmentation, warnings: [...segmentation.warnings, ...warnings] };
      files = await fill(unpublished, warned, { chosen, options, createdAt });
    },
    { existing, marker: PROVENANCE, signal },
  );
  return { files, warnings };
}

/** Comes with all results. */
const PROVENANCE = "provenance.json";

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
    outputs.push(await writtenFileAt(path));
  }
  const provenance = provenanceJson(segmentation, { outputs, createdAt });
  await writeFileWhole(join(folder, PROVENANCE), (append) => append(Buffer.from(provenance, "utf8")));
  return outputs;
}
