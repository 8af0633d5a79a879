/** Memory for envelopes of lines up to a length. */
export interface Envelope {
  /** Square of the distance that each place starts with; Infinity where it has none. */
  readonly heights: Float64Array;
  /** Places whose parabolas make up the envelope, ascending. */
  readonly places: Int32Array;
  /** Where each of them takes over from the one before. */
  readonly borders: Float64Array;
}

/** Memory for envelopes of lines of at most `length` voxels. */
export function envelopeFor(length: number): Envelope {
  return {
    heights: new Float64Array(length),
    places: new Int32Array(length),
    borders: new Float64Array(length),
  };
}

/**
 * Finds which parabolas that stand on `heights` are lowest somewhere; returns how many.
 *
 * Cost:   O(length)
 * Source: Felzenszwalb and Huttenlocher 2012, doi:10.4086/toc.2012.v008a019
 */
export function lowerEnvelope({ heights, places, borders }: Envelope, length: number, spacing: number): number {
  const scale = 1 / (2 * spacing * spacing);
  let count = 0;
  for (let q = 0; q < length; q++) {
    const height = heights[q];
    if (height === Infinity) continue;
    let border = -Infinity;
    while (count > 0) {
      const p = places[count - 1];
      border = (height - heights[p]) * (scale / (q - p)) + (q + p) / 2;
      if (border > borders[count - 1]) break;
      count--;
    }
    places[count] = q;
    borders[count] = count === 0 ? -Infinity : border;
    count++;
  }
  return count;
}
