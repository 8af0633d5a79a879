import { FormatError } from "../../volume/errors.ts";
import { labelMapOf } from "../../volume/label-map.ts";
import { type LabelMap, volumeOf } from "../../volume/volume.ts";
import type { LabelValues } from "./training-dataset.ts";

/**
 * The class of each voxel from the number of a finer one.
 *
 * Errors: FormatError T_LABEL_VALUES for a number that stands for nothing
 */
export function classesOfCodes(
  labels: LabelMap,
  { classOf }: Extract<LabelValues, { kind: "codes" }>,
  where: string,
): LabelMap {
  const idOf = new Map(classOf);
  const ids = Uint16Array.from(labels.data, (code) => {
    const id = idOf.get(code);
    if (id === undefined) throw codeError(where, { code, known: [...idOf.keys()] });
    return id;
  });
  return labelMapOf(volumeOf(ids, labels), where);
}

/** One class wherever there is an object. */
export function classOfObjects(objects: LabelMap, { classId }: Extract<LabelValues, { kind: "objects" }>): LabelMap {
  return volumeOf(
    Uint16Array.from(objects.data, (value) => (value === 0 ? 0 : classId)),
    objects,
  );
}

function codeError(
  where: string,
  { code, known }: { readonly code: number; readonly known: readonly number[] },
): FormatError {
  return new FormatError({
    code: "T_LABEL_VALUES",
    where,
    expected: `the codes ${Math.min(...known)} to ${Math.max(...known)} of this data set`,
    got: String(code),
    next: "Take the masks as they were published",
  });
}
