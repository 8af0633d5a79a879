import { readdir } from "node:fs/promises";
import { isVolumeFile } from "../../io/volume-names.ts";
import { patientOfName } from "./patients.ts";
import type { LabelSource, TrainingCase } from "./training-dataset.ts";

/** The first group of a pattern in each of a folder's names that fits it; none where there is no folder. */
export async function idsIn(folder: string, pattern: RegExp): Promise<ReadonlySet<string>> {
  return new Set((await namesIn(folder)).flatMap((name) => pattern.exec(name)?.[1] ?? []));
}

/** Whether a folder has volumes or pictures, and every one of them is named in this way. */
export async function holdsOnly(folder: string, pattern: RegExp): Promise<boolean> {
  const files = (await namesIn(folder)).filter(isVolumeFile);
  return files.length > 0 && files.every((name) => pattern.test(name));
}

/** Where the files of a case are. */
export interface CasePlaces {
  readonly imageOf: (id: string) => string;
  readonly labelsOf: (id: string) => LabelSource;
}

/**
 * Cases of which there is an image or labels, by their names.
 *
 * A case without the one or the other stays in the list, so that it is named when cases are examined.
 */
export function pairedCases(
  { images, labels }: { readonly images: ReadonlySet<string>; readonly labels: ReadonlySet<string> },
  { imageOf, labelsOf }: CasePlaces,
): readonly TrainingCase[] {
  return [...new Set([...images, ...labels])].sort().map((id) => ({
    id,
    ...patientOfName(id),
    images: [imageOf(id)],
    ...(labels.has(id) ? { labels: labelsOf(id) } : {}),
  }));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
