/** Colour of the n-th class: the colour circle turned by the golden angle each time, so that neighbours never look alike. */
export function colorOf(n: number): readonly [number, number, number] {
  const hue = (n * 137.508 + 20) % 360;
  const part = (offset: number) => {
    const position = (offset + hue / 30) % 12;
    return Math.round(255 * (0.55 - 0.35 * Math.max(-1, Math.min(position - 3, 9 - position, 1))));
  };
  return [part(0), part(8), part(4)];
}
