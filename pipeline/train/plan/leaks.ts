import type { Warning } from "../../volume/scan.ts";
import type { CaseFingerprint } from "./case-fingerprint.ts";
import type { Fingerprint } from "./fingerprint.ts";
import type { Folds } from "./folds.ts";

/** Examples that one warning has room for. */
const MOST_NAMED = 10;

/**
 * Warns of what lets a network see in training what it is judged by: patients and images that are in two folds.
 *
 * Empty: no warnings
 */
export function leaks({ cases }: Pick<Fingerprint, "cases">, folds: Folds): readonly Warning[] {
  const foldOf = new Map(folds.flatMap((ids, fold) => ids.map((id) => [id, fold] as const)));
  const apart = (keyOf: (each: CaseFingerprint) => string | undefined, between: string) =>
    [...grouped(cases, keyOf).values()]
      .map((group) => group.map(({ id }) => id))
      .filter((ids) => new Set(ids.map((id) => foldOf.get(id))).size > 1)
      .map((ids) => ids.join(between));
  // Named by their cases: what a list calls a patient may be more than a log should hold.
  const patients = apart(({ patient }) => patient, " + ");
  const images = apart(({ imageHash }) => imageHash, " = ");
  return [
    ...warnings("T_FOLD_PATIENT", patients, {
      found: "patients have cases in several folds, so that validation sees those it trained on",
      advice: "take stratified folds, which keep patients together",
    }),
    ...warnings("T_SAME_IMAGE", images, {
      found: "images are the same, voxel for voxel, in cases of different folds",
      advice: "leave out the copies, or give the cases one patient",
    }),
  ];
}

function grouped(
  cases: readonly CaseFingerprint[],
  keyOf: (each: CaseFingerprint) => string | undefined,
): ReadonlyMap<string, readonly CaseFingerprint[]> {
  const groups = new Map<string, CaseFingerprint[]>();
  for (const each of cases) {
    const key = keyOf(each);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return groups;
}

function warnings(
  code: string,
  found: readonly string[],
  text: { readonly found: string; readonly advice: string },
): readonly Warning[] {
  if (found.length === 0) return [];
  const more = found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : "";
  const named = found.slice(0, MOST_NAMED).join(", ") + more;
  return [{ code, where: "folds", text: `${found.length} ${text.found} (${named}): ${text.advice}` }];
}
