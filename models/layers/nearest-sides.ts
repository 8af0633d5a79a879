/** The multiples of a step nearest to sides, at least one step long. */
export function nearestMultiples(sides: readonly number[], step: number): readonly number[] {
  return sides.map((side) => step * Math.max(1, Math.round(side / step)));
}
