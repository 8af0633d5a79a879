/**
 * Kendall's tau-b of two sequences of values or ranks: how far they agree about the order of pairs, ties allowed for.
 *
 * Empty:  a sequence whose values are all equal, or of fewer than two, gives NaN
 * Cost:   O(n^2)
 * Source: Kendall 1945, doi:10.1093/biomet/33.3.239
 */
export function kendallTau(first: readonly number[], second: readonly number[]): number {
  let agreement = 0;
  let untiedFirst = 0;
  let untiedSecond = 0;
  for (let i = 0; i < first.length; i++)
    for (let j = i + 1; j < first.length; j++) {
      const [own, other] = [Math.sign(first[i] - first[j]), Math.sign(second[i] - second[j])];
      agreement += own * other;
      untiedFirst += Math.abs(own);
      untiedSecond += Math.abs(other);
    }
  return agreement / Math.sqrt(untiedFirst * untiedSecond);
}
