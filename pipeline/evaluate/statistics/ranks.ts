/**
 * Rank of each value, the least 1; equal values share the mean of their ranks.
 *
 * Empty:  NaN counts as greater than all else, and as equal to NaN
 */
export function averageRanks(values: readonly number[]): readonly number[] {
  const order = values.map((_, index) => index).sort((first, second) => compare(values[first], values[second]));
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let stop = start + 1;
    while (stop < order.length && compare(values[order[start]], values[order[stop]]) === 0) stop++;
    for (let at = start; at < stop; at++) ranks[order[at]] = (start + 1 + stop) / 2;
    start = stop;
  }
  return ranks;
}

function compare(first: number, second: number): number {
  if (Number.isNaN(first) || Number.isNaN(second)) return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
  // Written out, for two equal infinities have no difference.
  return first === second ? 0 : first < second ? -1 : 1;
}
