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

/** A case, the classes that it holds, and whose it is. */
export interface ClassesOfCase {
  readonly id: string;
  readonly classIds: readonly number[];
  /** Cases of one patient are held out together; a case without one stands alone. */
  readonly patient?: string | undefined;
}

/**
 * Folds of nearly equal size that hold nearly equal numbers of cases with each class, the rarest placed first. No patient
 * is in two of them; none is empty unless there are fewer patients than folds.
 *
 * Source: Sechidis 2011, doi:10.1007/978-3-642-23808-6_10, iterative stratification; here it places patients, not cases
 */
export function stratifiedFolds(
  cases: readonly ClassesOfCase[],
  { count = 5, seed = 1 }: { readonly count?: number; readonly seed?: number } = {},
): Folds {
  const random = randomFrom(`folds ${seed}`);
  const folds = Array.from({ length: count }, (): Fold => ({ ids: [], room: cases.length / count, wanted: new Map() }));
  for (const [id, holders] of holdersOf(cases)) for (const fold of folds) fold.wanted.set(id, holders / count);
  let waiting = casesByPatient(cases);
  while (waiting.length > 0) {
    const rarest = rarestClass(waiting.flat());
    const isNext = (group: Group) => rarest === undefined || group.some(({ classIds }) => classIds.includes(rarest));
    for (const group of waiting.filter(isNext)) place(group, neediest(folds, { classId: rarest, random }));
    waiting = waiting.filter((group) => !isNext(group));
  }
  return folds.map(({ ids }) => ids.sort());
}

/** How many patients cases are of; a case of nobody known counts as one. */
export function patientCount(cases: readonly ClassesOfCase[]): number {
  return casesByPatient(cases).length;
}

/** Cases that stay together. */
type Group = readonly ClassesOfCase[];

/** The largest groups first, for they are the hardest to place; in each the cases by their names. */
function casesByPatient(cases: readonly ClassesOfCase[]): readonly Group[] {
  const groups = new Map<string, ClassesOfCase[]>();
  for (const each of [...cases].sort((first, second) => (first.id < second.id ? -1 : 1))) {
    const key = each.patient === undefined ? `case ${each.id}` : `patient ${each.patient}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].sort((first, second) => second.length - first.length);
}

interface Fold {
  readonly ids: string[];
  /** Cases that it still wants. */
  room: number;
  /** Cases with each class that it still wants. */
  readonly wanted: Map<number, number>;
}

function place(group: Group, fold: Fold): void {
  for (const { id, classIds } of group) {
    fold.ids.push(id);
    fold.room--;
    for (const classId of classIds) fold.wanted.set(classId, (fold.wanted.get(classId) ?? 0) - 1);
  }
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
