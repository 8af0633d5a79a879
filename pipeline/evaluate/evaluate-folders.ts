import { basename } from "node:path";
import { ConfigError } from "../volume/errors.ts";
import { randomFrom } from "../volume/random.ts";
import { bodyRegions } from "./body-regions.ts";
import { type CaseGroups, readCaseGroups } from "./case-groups.ts";
import { compareFolders } from "./compare-folders.ts";
import { conventionTally } from "./convention-means.ts";
import type { EmptyRule } from "./empty-rule.ts";
import { DEFAULT_TOLERANCE_MM } from "./evaluate-case.ts";
import { type EvaluateCasesOptions, evaluateCases } from "./evaluate-cases.ts";
import type { Evaluation, EvaluationRules, MethodEvaluation } from "./evaluation.ts";
import { type FoundClasses, findClasses } from "./find-classes.ts";
import { methodNamesOf } from "./method-names.ts";
import { summariseMethod } from "./method-summary.ts";
import { defaultMetricNames, metricsNamed } from "./metrics/index.ts";
import type { Metric } from "./metrics/metric.ts";
import { type CasePaths, type PairedCases, pairCases } from "./pair-cases.ts";
import type { RegionChoice } from "./region-choice.ts";

/** What is measured, by which rules, and what is made of it. All that is left out has a default. */
export interface EvaluateFoldersOptions {
  /** JSON file that lists the classes; else `dataset.json` in or beside the references, else the labels found there. */
  readonly classes?: string | undefined;
  /** Names of metrics or families; `defaultMetricNames` unless said. */
  readonly metrics?: readonly string[] | undefined;
  /** Surface distance that does not count; 1 unless said. */
  readonly toleranceMm?: number | undefined;
  /** The same for some classes, by name. */
  readonly classToleranceMm?: Readonly<Record<string, number>> | undefined;
  /** `nan` unless said. */
  readonly emptyRule?: EmptyRule | undefined;
  /** The whole field unless said. */
  readonly region?: RegionChoice | undefined;
  /** Whether predictions on other grids are resampled instead of refused. */
  readonly resample?: boolean | undefined;
  /** What a case without a prediction is; `refuse` unless said. */
  readonly missing?: "refuse" | "empty" | undefined;
  /** Voxels that the reference marks so do not count; that of `dataset.json` unless said. */
  readonly ignoreLabel?: number | undefined;
  /** CSV file with the columns case, patient and any others to group by. */
  readonly groups?: string | undefined;
  /** Whether scores are grouped by the size of the class in the reference too. */
  readonly sizeTertiles?: boolean | undefined;
  /** Further folders of predictions, to be compared with the first and with each other. */
  readonly compare?: readonly string[] | undefined;
  /** Whether to say what other packages would have said. */
  readonly conventions?: boolean | undefined;
  /** Share of intervals that are to hold the truth; 0.95 unless said. */
  readonly level?: number | undefined;
  /** Draws of each interval; 2000 unless said. */
  readonly resamples?: number | undefined;
  /** 1 unless said. */
  readonly seed?: number | undefined;
  readonly onProgress?: ((stage: string, done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Measures the label maps of a folder against references of the same names, and sums the scores up.
 *
 * A case that is refused costs no other; it is listed with its problem. One pair is in memory at a time, and the next.
 *
 * Empty:  as the empty rule says
 * Errors: ConfigError for options, lists and folders that are wrong; FormatError for a wrong table of groups;
 *         EnvironmentError; the signal's reason
 */
export async function evaluateFolders(
  predictions: string,
  references: string,
  options: EvaluateFoldersOptions = {},
): Promise<Evaluation> {
  const { signal } = options;
  const metrics = metricsNamed(options.metrics ?? defaultMetricNames, "metrics");
  const folders = await pairedFolders([predictions, ...(options.compare ?? [])], references, signal);
  const [{ cases }] = folders;
  const groups = await readCaseGroups(
    options.groups,
    cases.map((each) => each.case),
  );
  const classes = await classesFor(cases, references, options);
  const rules = rulesOf(options, classes, groups);
  const region = await regionsOf(rules.region, signal);
  const random = randomFrom(rules.seed);
  const summing = { metrics, groups, level: rules.level, resamples: rules.resamples };
  const methods: MethodEvaluation[] = [];
  for (const folder of folders) {
    const { measured, conventions } = await measuredFolder(folder, { options, metrics, classes, rules, region });
    const own = { ...summing, classes: classes.classes, sizeTertiles: options.sizeTertiles === true };
    methods.push({
      ...summariseMethod(measured, { ...own, random: random.fork(folder.name) }),
      name: folder.name,
      unmatched: folder.unmatched.map((path) => basename(path)),
      conventions,
    });
  }
  return {
    rules,
    classes: classes.classes,
    metrics,
    groups: groups.cells,
    methods: methods as [MethodEvaluation, ...MethodEvaluation[]],
    comparisons: compareFolders(methods, { ...summing, patientOf: groups.patientOf, random: random.fork("compare") }),
    warnings: groups.warnings,
  };
}

/** A folder of predictions, and what answers its references. */
type PairedFolder = PairedCases & { readonly name: string };

/** The pairs of each folder; a case has the same name in all. */
async function pairedFolders(
  folders: readonly string[],
  references: string,
  signal: AbortSignal | undefined,
): Promise<readonly PairedFolder[]> {
  const names = methodNamesOf(folders);
  const paired: PairedFolder[] = [];
  for (const [n, predictions] of folders.entries())
    paired.push({ ...(await pairCases({ predictions, references }, signal)), name: names[n] });
  const nameOf = new Map(paired[0].cases.map((each) => [each.reference, each.case]));
  return paired.map((folder) => ({
    ...folder,
    cases: folder.cases.map((each) => ({ ...each, case: nameOf.get(each.reference) ?? each.case })),
  }));
}

function classesFor(
  cases: readonly CasePaths[],
  references: string,
  { classes: path, ignoreLabel, onProgress, signal }: EvaluateFoldersOptions,
): Promise<FoundClasses> {
  const files = cases.map(({ reference }) => reference);
  const onFile = (done: number, total: number) => onProgress?.("classes", done, total);
  return findClasses({ path, references, files, ignoreLabel, onFile, signal });
}

function rulesOf(options: EvaluateFoldersOptions, found: FoundClasses, groups: CaseGroups): EvaluationRules {
  const { toleranceMm = DEFAULT_TOLERANCE_MM, classToleranceMm = {} } = options;
  const names = found.classes.map(({ name }) => name);
  const stranger = Object.keys(classToleranceMm).find((name) => !names.includes(name));
  if (stranger !== undefined) throw toleranceError(stranger, names);
  return {
    ...(found.list === undefined ? {} : { classList: basename(found.list) }),
    emptyRule: options.emptyRule ?? "nan",
    toleranceMm: Object.fromEntries(names.map((name) => [name, classToleranceMm[name] ?? toleranceMm])),
    region: options.region ?? { kind: "whole" },
    resample: options.resample ?? false,
    missing: options.missing ?? "refuse",
    ignoreLabel: found.ignoreLabel,
    unit: groups.hasPatients ? "patient" : "case",
    level: options.level ?? 0.95,
    resamples: options.resamples ?? 2000,
    seed: options.seed ?? 1,
  };
}

async function regionsOf(
  choice: RegionChoice,
  signal: AbortSignal | undefined,
): Promise<EvaluateCasesOptions["region"]> {
  if (choice.kind !== "body") return async () => choice;
  const bodies = await bodyRegions(choice, signal);
  return (paths, reference) => bodies(paths.case, reference);
}

interface Measuring {
  readonly options: EvaluateFoldersOptions;
  readonly metrics: readonly Metric[];
  readonly classes: FoundClasses;
  readonly rules: EvaluationRules;
  readonly region: EvaluateCasesOptions["region"];
}

async function measuredFolder(
  { cases, name }: PairedFolder,
  { options: { conventions, onProgress, signal }, metrics, classes, rules, region }: Measuring,
) {
  const nameOf = new Map(classes.classes.map((each) => [each.id, each.name]));
  const tally = conventionTally(classes, signal);
  const measured = await evaluateCases(cases, {
    classes: classes.classes,
    ignoreLabel: classes.ignoreLabel,
    metrics: metrics.map(({ key }) => key),
    toleranceMm: (id) => rules.toleranceMm[nameOf.get(id) ?? ""],
    emptyRule: rules.emptyRule,
    region,
    resample: rules.resample,
    missingIsEmpty: rules.missing === "empty",
    ...(conventions === true ? { onPair: (_, pair) => tally.add(pair) } : {}),
    onCase: (done, total) => onProgress?.(name, done, total),
    signal,
  });
  return { measured, conventions: conventions === true ? tally.means() : [] };
}

function toleranceError(name: string, names: readonly string[]): ConfigError {
  return new ConfigError({
    code: "C_TOLERANCE",
    where: "tolerance",
    expected: `classes of ${names.join(", ")}`,
    got: name,
    next: "Name a class that is scored",
  });
}
