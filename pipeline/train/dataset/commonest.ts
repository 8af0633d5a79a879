/** The first of the things whose key most of them have. */
export function commonest<T>([first, ...others]: readonly [T, ...T[]], keyOf: (thing: T) => unknown): T {
  const all = [first, ...others];
  const counts = new Map<unknown, number>();
  for (const each of all) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return all.find((each) => counts.get(keyOf(each)) === most) ?? first;
}
