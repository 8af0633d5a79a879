import type { DicomOrigin } from "../../../volume/scan.ts";
import { copiedKeywords } from "../../dicom-write/copied-attributes.ts";
import { derivedUid } from "../../dicom-write/derived-uid.ts";
import type { ReadOptions } from "../../scan-format.ts";
import { type DicomItem, readDataSet } from "../data-set.ts";
import type { Keyword } from "../dictionary.ts";
import { hasAttribute, textsOf } from "../values.ts";
import { wholeOf } from "./scan-files.ts";
import type { Stack } from "./stack.ts";

/** What an object derived from a stack repeats of it and refers to; undefined where the files do not say whose it is. */
export async function originOf(stack: Stack, options: ReadOptions): Promise<DicomOrigin | undefined> {
  const slices = stack.slices.filter((slice) => slice !== undefined);
  const [{ image, file }] = slices;
  const { frameOfReferenceUid } = image;
  // De-identification may have emptied them; derived objects still have to agree with each other.
  const standIn = (kind: string) => frameOfReferenceUid && derivedUid(kind, frameOfReferenceUid);
  const studyInstanceUid = image.studyInstanceUid ?? standIn("study");
  const seriesInstanceUid = image.seriesInstanceUid ?? standIn("series");
  if (studyInstanceUid === undefined || seriesInstanceUid === undefined) return undefined;
  const dataSet = readDataSet(await wholeOf(file, options), { where: file, limits: options.limits });
  return {
    studyInstanceUid,
    seriesInstanceUid,
    frameOfReferenceUid,
    grid: { shape: stack.shape, indexToLps: stack.indexToLps },
    slices: slices.map(({ image: { sopClassUid, sopInstanceUid, frames }, frame, positionXyz = [0, 0, 0] }) => ({
      sopClassUid,
      sopInstanceUid,
      ...(frames > 1 ? { frameNumber: frame + 1 } : {}),
      positionXyz,
    })),
    attributes: copiedTextsOf(dataSet),
  };
}

/** What an object derived from a file repeats of its patient, study, frame of reference and compression history. */
export function copiedTextsOf(dataSet: DicomItem): DicomOrigin["attributes"] {
  const known = (copiedKeywords as readonly Keyword[]).filter((keyword) => hasAttribute(dataSet, keyword));
  return Object.fromEntries(known.map((keyword) => [keyword, textsOf(dataSet, keyword)]));
}
