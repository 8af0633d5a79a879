/** At most so many of a list, at equal distances. */
export function evenly<T>(list: readonly T[], most: number): readonly T[] {
  const count = Math.min(most, list.length);
  return Array.from({ length: count }, (_, n) => list[Math.floor((n * list.length) / count)]);
}
