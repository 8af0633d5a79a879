import jStat from "jstat";

/** Below this jStat, which takes 1 from 1, has too few digits left. */
const TAIL = -5;

/** Terms of the continued fraction: more change nothing in double precision beyond `TAIL`. */
const TERMS = 60;

/**
 * Share of the standard normal distribution below z, to 10 digits in the far tail too.
 *
 * Source: Abramowitz and Stegun 1964, 26.2.14 for the tail; jStat elsewhere
 */
export function normalBelow(z: number): number {
  if (!(z < TAIL)) return jStat.normal.cdf(z, 0, 1);
  let fraction = -z;
  for (let term = TERMS; term > 0; term--) fraction = -z + term / fraction;
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / fraction;
}

/** The z below which a share of the standard normal distribution lies; 0 and 1 give infinities. */
export function normalQuantile(share: number): number {
  if (share <= 0 || share >= 1) return share <= 0 ? -Infinity : Infinity;
  return jStat.normal.inv(share, 0, 1);
}

/** Logarithm of the gamma function of a positive number. */
export function logGamma(x: number): number {
  return jStat.gammaln(x);
}
