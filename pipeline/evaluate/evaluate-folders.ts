import { basename } from "node:path";
import { setImmediate } from "node:timers/promises";
import { randomFrom } from "../volume/random.ts";
import { bodyRegions } from "./body-regions.ts";
import { readCaseGroups } from "./case-groups.ts";
import { compareFolders } from "./compare-folders.ts";
import { conventionTally } from "./convention-means.ts";
import { type EvaluateCasesOptions, evaluateCases } from "./evaluate-cases.ts";
import type { Evaluation, EvaluationRules, MethodEvaluation } from "./evaluation.ts";
import { type FoundClasses, findClasses } from "./find-classes.ts";
import { type EvaluateFoldersOptions, metricsFor, rulesOf } from "./folder-rules.ts";
import { methodNamesOf } from "./method-names.ts";
import { summariseMethod } from "./method-summary.ts";
import type { Metric } from "./metrics/metric.ts";
import { type CasePaths, type PairedCases, pairCases } from "./pair-cases.ts";
import { calibrate } from "./probabilities/calibrate.ts";
import { findProbabilities } from "./probabilities/find-probabilities.ts";
import { readChannels } from "./probabilities/read-channels.ts";
import type { RegionChoice } from "./region-choice.ts";

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
  const metrics = metricsFor(options);
  const folders = await pairedFolders([predictions, ...(options.compare ?? [])], references, signal);
  const [{ cases }] = folders;
  const groups = await readCaseGroups(
    options.groups,
    cases.map((each) => each.case),
  );
  const classes = await classesFor(cases, references, options);
  const rules = rulesOf(options, classes, groups);
  const region = await regionsOf(rules.region, signal);
  const calibrations = await calibrationsOf(options, { ...classes, resample: rules.resample });
  const random = randomFrom(rules.seed);
  const { level, resamples } = rules;
  const summing = { metrics, level, resamples, between: pausing(signal) };
  const methods: MethodEvaluation[] = [];
  for (const folder of folders) {
    const { measured, conventions } = await measuredFolder(folder, {
      options,
      metrics,
      classes,
      rules,
      region,
      // Probabilities are those of the folder that was asked about.
      calibrations: methods.length === 0 ? calibrations : undefined,
    });
    const own = { ...summing, groups, classes: classes.classes, sizeTertiles: options.sizeTertiles === true };
    methods.push({
      ...(await summariseMethod(measured, { ...own, random: random.fork(folder.name) })),
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
    comparisons: await compareFolders(methods, {
      ...summing,
      patientOf: groups.patientOf,
      random: random.fork("compare"),
    }),
    warnings: groups.warnings,
  };
}

/** Lets signals arrive between long stretches of arithmetic. */
function pausing(signal: AbortSignal | undefined): () => Promise<void> {
  return async () => {
    await setImmediate();
    signal?.throwIfAborted();
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

async function regionsOf(
  choice: RegionChoice,
  signal: AbortSignal | undefined,
): Promise<EvaluateCasesOptions["region"]> {
  if (choice.kind !== "body") return async () => choice;
  const bodies = await bodyRegions(choice, signal);
  return (paths, reference) => bodies(paths.case, reference);
}

/** Calibration of each case, from the probabilities of its name. */
async function calibrationsOf(
  { probabilities, signal }: EvaluateFoldersOptions,
  rules: FoundClasses & { readonly resample: boolean },
): Promise<EvaluateCasesOptions["calibrations"]> {
  if (probabilities === undefined) return undefined;
  const filesOf = await findProbabilities(probabilities, signal);
  return (name, { reference, predictionGrid }) => {
    const channels = readChannels(filesOf(name), { ...rules, grid: predictionGrid ?? reference, signal });
    return calibrate(channels, { ...rules, reference, signal });
  };
}

interface Measuring {
  readonly options: EvaluateFoldersOptions;
  readonly metrics: readonly Metric[];
  readonly classes: FoundClasses;
  readonly rules: EvaluationRules;
  readonly region: EvaluateCasesOptions["region"];
  readonly calibrations: EvaluateCasesOptions["calibrations"];
}

async function measuredFolder(
  { cases, name }: PairedFolder,
  { options: { conventions, onProgress, signal }, metrics, classes, rules, region, calibrations }: Measuring,
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
    calibrations,
    lesionConnectivity: rules.lesionConnectivity,
    resample: rules.resample,
    missingIsEmpty: rules.missing === "empty",
    ...(conventions === true ? { onPair: (_, pair) => tally.add(pair) } : {}),
    onCase: (done, total) => onProgress?.(name, done, total),
    signal,
  });
  return { measured, conventions: conventions === true ? tally.means() : [] };
}
