/** Where converted values go, and what becomes of them. */
interface Scaling {
  /** First element of the target. */
  readonly start: number;
  readonly slope: number;
  readonly intercept: number;
}

/** Fills `target` from `start` on with slope * value + intercept; returns how many values it could not hold exactly. */
export function scaleInto(
  target: Float32Array | Int16Array,
  values: ArrayLike<number>,
  { start, slope, intercept }: Scaling,
): number {
  let inexact = 0;
  for (let i = 0; i < values.length; i++) {
    const value = slope * values[i] + intercept;
    target[start + i] = value;
    if (target[start + i] !== value) inexact++;
  }
  return inexact;
}

/**
 * The same for 64-bit whole numbers, given as pairs of words in this machine's order; undefined when one is beyond 2^53.
 *
 * Words and not BigInts: a BigInt64Array makes an object of every voxel.
 */
export function wholeNumbersInto(
  target: Float32Array | Int16Array,
  words: Uint32Array,
  { start, slope, intercept, signed }: Scaling & { readonly signed: boolean },
): number | undefined {
  const low = HOST_LOW_WORD;
  let inexact = 0;
  for (let i = 0; i < words.length; i += 2) {
    const high = signed ? words[i + 1 - low] | 0 : words[i + 1 - low];
    const whole = high * 2 ** 32 + words[i + low];
    if (Math.abs(whole) > 2 ** 53) return undefined;
    const value = slope * whole + intercept;
    target[start + i / 2] = value;
    if (target[start + i / 2] !== value) inexact++;
  }
  return inexact;
}

/** Which word of a pair is the low one. */
const HOST_LOW_WORD = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;

/** Whole numbers in the smallest type that holds them all; the same array when none does. */
export function narrowed<T extends Float32Array | Int16Array>(whole: T): T | Uint8Array | Int16Array | Uint16Array {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < whole.length; i++) {
    if (whole[i] < least) least = whole[i];
    if (whole[i] > most) most = whole[i];
  }
  if (least >= 0 && most <= 0xff) return Uint8Array.from(whole);
  if (least >= -0x8000 && most <= 0x7fff) return Int16Array.from(whole);
  if (least >= 0 && most <= 0xffff) return Uint16Array.from(whole);
  return whole;
}
