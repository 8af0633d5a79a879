/**
 * Strides of a network that halves its image so many times: an axis whose side is odd is not halved any more.
 *
 * Published encoders ask for sides that 32 divides; so thin stacks and small patches pass too.
 */
export function halvings(sides: readonly number[], count: number): readonly (readonly number[])[] {
  const strides: (readonly number[])[] = [];
  let current = sides;
  for (let level = 0; level < count; level++) {
    const stride = current.map((side) => (side % 2 === 0 ? 2 : 1));
    strides.push(stride);
    current = current.map((side, axis) => side / stride[axis]);
  }
  return strides;
}
