/**
 * p values adjusted for how many there are, so that the chance of any false alarm among them keeps the level.
 *
 * Empty:  NaN stays NaN and is not counted
 * Source: Holm 1979, https://www.jstor.org/stable/4615733; the numbers of R's p.adjust(method = "holm")
 */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const order = pValues
    .map((_, index) => index)
    .filter((index) => !Number.isNaN(pValues[index]))
    .sort((first, second) => pValues[first] - pValues[second]);
  const adjusted = pValues.map(() => Number.NaN);
  let largest = 0;
  for (const [smaller, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (order.length - smaller) * pValues[index]));
    adjusted[index] = largest;
  }
  return adjusted;
}
