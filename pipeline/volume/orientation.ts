import type { IndexToLps, Triple } from "./affine.ts";
import { ConfigError } from "./errors.ts";

/** Letters of the positive LPS directions x, y, z, then of the negative ones. */
const POSITIVE = ["L", "P", "S"];
const NEGATIVE = ["R", "A", "I"];

const PERMUTATIONS: readonly Triple[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** How array axes move from one orientation to another. */
export interface AxisMoves {
  /** For each target axis [D, H, W], the source axis it takes its voxels from. */
  readonly sourceAxis: Triple;
  /** For each target axis, whether it runs against the source axis. */
  readonly flipped: readonly [boolean, boolean, boolean];
}

/**
 * The patient directions that the array axes [D, H, W] point to, as three letters: `SPL` is superior, posterior, left.
 *
 * An oblique grid gets the assignment of axes to directions that has the largest sum of cosines, so that each of the
 * three patient axes occurs once.
 */
export function orientationOf({ rows }: IndexToLps): string {
  const cosine = (axis: number, world: number) =>
    rows[4 * world + axis] / Math.hypot(rows[axis], rows[4 + axis], rows[8 + axis]);
  const closeness = (worldOf: Triple) => worldOf.reduce((sum, world, axis) => sum + Math.abs(cosine(axis, world)), 0);
  // The reversed order first: axial slices [z, y, x] win a tie.
  const best = [...PERMUTATIONS].reverse().reduce((kept, next) => (closeness(next) > closeness(kept) ? next : kept));
  return best.map((world, axis) => (cosine(axis, world) < 0 ? NEGATIVE : POSITIVE)[world]).join("");
}

/**
 * How the axes move from one orientation to another.
 *
 * Errors: ConfigError when a code is not three letters, one of each pair R/L, A/P, I/S
 */
export function axisMovesBetween(from: string, to: string): AxisMoves {
  const source = signedAxesOf(from);
  const target = signedAxesOf(to);
  const sourceAxis = target.map(({ world }) => source.findIndex((axis) => axis.world === world));
  const flipped = target.map(({ negative }, axis) => negative !== source[sourceAxis[axis]].negative);
  return { sourceAxis: sourceAxis as unknown as Triple, flipped: flipped as [boolean, boolean, boolean] };
}

function signedAxesOf(code: string): readonly { readonly world: number; readonly negative: boolean }[] {
  const axes = [...code].map((letter) => ({
    world: Math.max(POSITIVE.indexOf(letter), NEGATIVE.indexOf(letter)),
    negative: NEGATIVE.includes(letter),
  }));
  const worlds = axes.map(({ world }) => world).sort();
  if (String(worlds) !== "0,1,2")
    throw new ConfigError({
      code: "G_ORIENTATION",
      where: "orientation",
      expected: "three letters, one of R/L, one of A/P and one of I/S, such as SPL",
      got: JSON.stringify(code.slice(0, 16)),
      next: "Name the direction that each axis [D, H, W] points to",
    });
  return axes;
}
