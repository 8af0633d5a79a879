/** A seeded source of randomness; the same seed and calls give the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  readonly uniform: () => number;
  /** Uniform whole number from `low` up to, not including, `high`. */
  readonly integer: (low: number, high: number) => number;
  /** Standard normal. */
  readonly normal: () => number;
  /** A stream of its own, fixed by seed and name alone: draws made here do not move it. */
  readonly fork: (name: string) => Random;
}

/**
 * A generator of good 32-bit numbers, seeded by any whole number or text.
 *
 * Source: Blackman and Vigna 2021, doi:10.1145/3460772 (xoshiro128**), state filled by SplitMix32
 */
export function randomFrom(seed: number | string): Random {
  const path = String(seed);
  return randomOfState(stateOf(path), path);
}

/** The xoshiro128** stream of a given state of four 32-bit words, not all zero. */
export function randomOfState(state: readonly [number, number, number, number], path = String(state)): Random {
  const next = bitsOf(state);
  const uniform = () => next() / 2 ** 32;
  return {
    uniform,
    // 53 bits, so that ranges near 2^32 stay even.
    integer: (low, high) => low + Math.floor(((next() >>> 5) * 2 ** 26 + (next() >>> 6)) * 2 ** -53 * (high - low)),
    // Box and Muller; 1 - u keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    fork: (name) => randomFrom(`${path}/${name}`),
  };
}

/** xoshiro128**: the next 32 bits at each call. */
function bitsOf([s0, s1, s2, s3]: readonly number[]): () => number {
  let [a, b, c, d] = [s0, s1, s2, s3] as number[];
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Four words from a text: FNV-1a over its UTF-16 units, then SplitMix32. */
function stateOf(text: string): [number, number, number, number] {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const word = () => {
    hash = (hash + 0x9e3779b9) | 0;
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  return [word(), word(), word(), word()];
}
