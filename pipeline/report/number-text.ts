import { NOTHING } from "./tables/table.ts";

/** A number with so many digits behind the point; what only rounding makes a 1 is said to be less. */
export function numberText(value: number, digits: number): string {
  if (Number.isNaN(value)) return NOTHING;
  const text = value.toFixed(digits);
  return value < 1 && Number(text) === 1 ? `>${(1 - 10 ** -digits).toFixed(digits)}` : text;
}

/** A value with its interval: `0.873 [0.851, 0.892]`. */
export function intervalText(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
  digits: number,
): string {
  if (Number.isNaN(low) || Number.isNaN(high)) return numberText(value, digits);
  return `${numberText(value, digits)} [${numberText(low, digits)}, ${numberText(high, digits)}]`;
}

/** A share as a percentage with two digits that count: `3.1 %`, `0.0043 %`. */
export function shareText(share: number): string {
  return Number.isNaN(share) ? NOTHING : `${plainText(share * 100, 2)} %`;
}

/** A number with so many digits that count, never in powers of ten. */
export function plainText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  const decimals = value === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 12));
}

/** A time in the unit that it is told in: `45 s`, `12.5 min`, `3.2 h`. */
export function timeText(seconds: number): string {
  if (Number.isNaN(seconds)) return NOTHING;
  if (seconds < 90) return `${plainText(seconds, 3)} s`;
  return seconds < 90 * 60 ? `${plainText(seconds / 60, 3)} min` : `${plainText(seconds / 3600, 3)} h`;
}

/** A number of things: `1 case`, `30 cases`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** How many cases there are, and of how many patients. */
export function casesText({ cases, patients }: { readonly cases: number; readonly patients: number }): string {
  return `${counted(cases, "held-out case")} of ${counted(patients, "patient")}`;
}

/** The least and the greatest of some numbers as words: `24 to 30`, or `30` where they agree. */
export function rangeText(values: readonly number[]): string {
  if (values.length === 0) return "none";
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? `${least}` : `${least} to ${most}`;
}
