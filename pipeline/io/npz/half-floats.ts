/** Bit patterns of a half-precision number, sign, 5 bits of exponent, 10 of fraction, as the numbers they mean. */
let table: Float32Array | undefined;

/** Half-precision numbers, little endian, as single-precision ones. Source: IEEE 754-2019, binary16 */
export function halvesInto(into: Float32Array, bytes: Uint8Array): void {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => numberOf(bits));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < into.length; i++) into[i] = table[view.getUint16(2 * i, true)];
}

function numberOf(bits: number): number {
  const sign = bits >= 2 ** 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}
