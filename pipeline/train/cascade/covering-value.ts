/** The smallest of one or more values that at least a share of them do not exceed. */
export function coveringValue(values: readonly number[], share: number): number {
  const sorted = [...values].sort((first, second) => first - second);
  return sorted[Math.max(0, Math.ceil(share * sorted.length - ROUNDING) - 1)];
}

/** A share that a fraction cannot be written as exactly, such as 0.9 of 10, is not a case more. */
const ROUNDING = 1e-9;
