import { basename, dirname, resolve } from "node:path";

/**
 * A short name for each folder of predictions: the folder's own, with the one above where two would be alike, and a
 * number where those are alike too.
 */
export function methodNamesOf(folders: readonly string[]): readonly string[] {
  const places = folders.map((folder) => resolve(folder));
  const short = places.map((place) => basename(place));
  const longer = places.map((place) => `${basename(dirname(place))}/${basename(place)}`);
  const isAlone = (names: readonly string[], n: number) => names.filter((name) => name === names[n]).length === 1;
  return places.map((_, n) => {
    if (isAlone(short, n)) return short[n];
    return isAlone(longer, n) ? longer[n] : `${longer[n]} (${n + 1})`;
  });
}
