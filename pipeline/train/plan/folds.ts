import { ConfigError } from "../../volume/errors.ts";
import { randomFrom } from "../../volume/random.ts";
import { mersenneTwister } from "./mersenne-twister.ts";

/** Cases held out, one list per fold; together they are all cases, each once. */
export type Folds = readonly (readonly string[])[];

/** nnU-Net's seed. */
const NNUNET_SEED = 12345;

/**
 * The five folds that nnU-Net makes of the same case names: scikit-learn's KFold(5, shuffle=True, random_state=12345).
 *
 * Shape:  names in any order, they are sorted -> 5 lists, each sorted
 * Errors: ConfigError T_FOLD when there are fewer names than folds
 * Source: nnU-Net v2, generate_crossval_split; numpy's legacy shuffle
 */
export function nnunetFolds(ids: readonly string[], count = 5): Folds {
  if (ids.length < count) throw tooFewError(ids.length, count);
  const sorted = [...ids].sort();
  const order = shuffled(sorted.length, mersenneTwister(NNUNET_SEED));
  const [size, larger] = [Math.floor(sorted.length / count), sorted.length % count];
  let start = 0;
  return Array.from({ length: count }, (_, fold) => {
    const stop = start + size + (fold < larger ? 1 : 0);
    const own = order.slice(start, stop).map((index) => sorted[index]);
    start = stop;
    return own.sort();
  });
}

function tooFewError(cases: number, folds: number): ConfigError {
  return new ConfigError({
    code: "T_FOLD",
    where: "folds",
    expected: `at least ${folds} cases for the ${folds} folds of nnU-Net`,
    got: `${cases}`,
    next: "Take stratified folds instead",
  });
}

/** Fisher and Yates from behind, each draw by masking and rejecting, as numpy does it. */
function shuffled(length: number, next: () => number): readonly number[] {
  const order = Array.from({ length }, (_, n) => n);
  for (let i = length - 1; i > 0; i--) {
    const mask = 2 ** (32 - Math.clz32(i)) - 1;
    let j = (next() & mask) >>> 0;
    while (j > i) j = (next() & mask) >>> 0;
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** A case and the classes that it holds. */
export interface ClassesOfCase {
  readonly id: string;
  readonly classIds: readonly number[];
}

/**
 * Folds of nearly equal size that hold nearly equal numbers of cases with each class, the rarest placed first; none is
 * empty unless there are fewer cases than folds.
 *
 * Source: Sechidis 2011, doi:10.1007/978-3-642-23808-6_10, iterative stratification
 */
export function stratifiedFolds(
  cases: readonly ClassesOfCase[],
  { count = 5, seed = 1 }: { readonly count?: number; readonly seed?: number } = {},
): Folds {
  const random = randomFrom(`folds ${seed}`);
  const waiting = new Map(
    [...cases].sort((first, second) => (first.id < second.id ? -1 : 1)).map((each) => [each.id, each]),
  );
  const folds = Array.from({ length: count }, (): Fold => ({ ids: [], room: cases.length / count, wanted: new Map() }));
  for (const [id, holders] of holdersOf(cases)) for (const fold of folds) fold.wanted.set(id, holders / count);
  while (waiting.size > 0) {
    const rarest = rarestClass([...waiting.values()]);
    const next = [...waiting.values()].filter(({ classIds }) => rarest === undefined || classIds.includes(rarest));
    for (const one of next) {
      const fold = neediest(folds, { classId: rarest, random });
      fold.ids.push(one.id);
      fold.room--;
      for (const id of one.classIds) fold.wanted.set(id, (fold.wanted.get(id) ?? 0) - 1);
      waiting.delete(one.id);
    }
  }
  return folds.map(({ ids }) => ids.sort());
}

interface Fold {
  readonly ids: string[];
  /** Cases that it still wants. */
  room: number;
  /** Cases with each class that it still wants. */
  readonly wanted: Map<number, number>;
}

function holdersOf(cases: readonly ClassesOfCase[]): ReadonlyMap<number, number> {
  const holders = new Map<number, number>();
  for (const { classIds } of cases) for (const id of classIds) holders.set(id, (holders.get(id) ?? 0) + 1);
  return holders;
}

/** Class with the fewest cases left; none when no case left holds any. */
function rarestClass(cases: readonly ClassesOfCase[]): number | undefined {
  const [rarest] = [...holdersOf(cases)].sort(([a, first], [b, second]) => first - second || a - b);
  return rarest?.[0];
}

/** The fold that wants most cases with the class, among equals most cases at all, among those one by chance. */
function neediest(
  folds: readonly Fold[],
  { classId, random }: { classId: number | undefined; random: ReturnType<typeof randomFrom> },
): Fold {
  const wants = ({ wanted }: Fold) => (classId === undefined ? 0 : (wanted.get(classId) ?? 0));
  const most = Math.max(...folds.map(wants));
  const equal = folds.filter((fold) => wants(fold) === most);
  const room = Math.max(...equal.map((fold) => fold.room));
  const equals = equal.filter((fold) => fold.room === room);
  return equals[random.integer(0, equals.length)];
}
