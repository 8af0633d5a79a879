import { isNamedError, type Problem } from "../volume/errors.ts";
import type { LabelMap } from "../volume/volume.ts";
import { type ClassScores, type EvaluateOptions, evaluateCase } from "./evaluate-case.ts";
import type { EvaluatedClass } from "./evaluated-classes.ts";
import { type LoadedPair, type LoadPairOptions, loadPair } from "./load-pair.ts";
import type { CasePaths } from "./pair-cases.ts";
import type { PrevalenceRegion } from "./prevalence.ts";

/** How cases are read and measured. */
export type EvaluateCasesOptions = LoadPairOptions &
  Omit<EvaluateOptions, "classes" | "region" | "signal"> & {
    readonly region?: ((paths: CasePaths, reference: LabelMap) => Promise<PrevalenceRegion>) | undefined;
    /** Called with each pair before it is forgotten. */
    readonly onPair?: ((name: string, pair: LoadedPair) => Promise<void>) | undefined;
    readonly onCase?: ((done: number, total: number) => void) | undefined;
  };

/** What came of one case. */
export type EvaluatedCase = { readonly case: string } & (
  | { readonly classes: readonly ClassScores[]; readonly wasResampled: boolean }
  | { readonly problem: Problem }
);

/**
 * Measures cases one after the other; the next is read meanwhile. One that is refused costs no other.
 *
 * Errors: ConfigError E_METRIC; what is wrong with the machine; the signal's reason
 */
export async function evaluateCases(
  cases: readonly CasePaths[],
  options: EvaluateCasesOptions,
): Promise<readonly EvaluatedCase[]> {
  const results: EvaluatedCase[] = [];
  let next = cases.length > 0 ? settled(cases[0], options) : undefined;
  for (const [n, paths] of cases.entries()) {
    options.signal?.throwIfAborted();
    const loaded = await next;
    next = n + 1 < cases.length ? settled(cases[n + 1], options) : undefined;
    results.push({ case: paths.case, ...(await evaluated(paths, loaded, options)) });
    options.onCase?.(n + 1, cases.length);
  }
  return results;
}

type Settled = { readonly pair: LoadedPair } | { readonly error: unknown };

async function settled(paths: CasePaths, options: EvaluateCasesOptions): Promise<Settled> {
  try {
    return { pair: await loadPair(paths, options) };
  } catch (error) {
    return { error };
  }
}

async function evaluated(paths: CasePaths, loaded: Settled | undefined, options: EvaluateCasesOptions) {
  try {
    if (loaded === undefined || "error" in loaded) throw loaded?.error;
    const { pair } = loaded;
    const region = await options.region?.(paths, pair.reference);
    const { region: _, ...rules } = options;
    const measured = { ...rules, ...(region === undefined ? {} : { region }) };
    const classes = await scoresOf(pair, measured);
    await options.onPair?.(paths.case, pair);
    return { classes, wasResampled: pair.wasResampled };
  } catch (error) {
    if (isNamedError(error) && error.problem.code !== "E_METRIC") return { problem: error.problem };
    throw error;
  }
}

type Rules = Omit<EvaluateOptions, "classes"> & { readonly classes: readonly EvaluatedClass[] };

/** Scores of classes and of regions, in the order of the list. */
async function scoresOf(pair: LoadedPair, { classes, ...rules }: Rules): Promise<readonly ClassScores[]> {
  const single = classes.filter(({ labels }) => labels === undefined);
  const scores = new Map((await evaluateCase(pair, { ...rules, classes: single })).map((each) => [each.id, each]));
  for (const { id, name, labels } of classes) {
    if (labels === undefined) continue;
    const masks = { prediction: regionOf(pair.prediction, labels), reference: regionOf(pair.reference, labels, rules) };
    const tolerance = rules.toleranceMm?.(id);
    const [own] = await evaluateCase(masks, {
      ...rules,
      ...(tolerance === undefined ? {} : { toleranceMm: () => tolerance }),
      classes: [{ id: INSIDE, name }],
      ignoreLabel: IGNORED,
    });
    scores.set(id, { ...own, id });
  }
  return classes.flatMap(({ id }) => scores.get(id) ?? []);
}

/** Labels of a region's mask. */
const INSIDE = 1;
const IGNORED = 2;

/** A mask of the voxels that have one of some labels. */
function regionOf(
  map: LabelMap,
  labels: readonly number[],
  { ignoreLabel }: Pick<Rules, "ignoreLabel"> = {},
): LabelMap {
  const meaning = new Uint8Array(0x10000);
  for (const label of labels) meaning[label] = INSIDE;
  if (ignoreLabel !== undefined) meaning[ignoreLabel] = IGNORED;
  const data = new Uint8Array(map.data.length);
  for (let i = 0; i < data.length; i++) data[i] = meaning[map.data[i]];
  return { ...map, data };
}
