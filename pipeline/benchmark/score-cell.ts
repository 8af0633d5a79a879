import { type Bundle, loadBundle } from "../bundle/load-bundle.ts";
import { confusionOf } from "../evaluate/confusion.ts";
import { evaluateClasses } from "../evaluate/evaluate-classes.ts";
import { readLabelFile } from "../io/read-label-file.ts";
import { writerNamed } from "../io/writers.ts";
import { type Engine, openEngine } from "../runtime/engine.ts";
import { segmentScan } from "../segment-scan.ts";
import { labelsOf } from "../train/dataset/labels-of.ts";
import { loadCase } from "../train/dataset/load-case.ts";
import type { LoadedCase, TrainingCase } from "../train/dataset/training-dataset.ts";
import { casesNamed } from "../train/run-inputs.ts";
import { labelMapOf } from "../volume/label-map.ts";
import type { Scan } from "../volume/scan.ts";
import { type LabelMap, volumeOf } from "../volume/volume.ts";
import { readCaseScores, readInference, writeCaseScores, writeInference } from "./case-records.ts";
import type { CaseFiles } from "./cell-folder.ts";
import type { PlannedCell } from "./plan-cells.ts";
import { evaluationOf, rulesKeyOf, type ScoringRules } from "./scoring-rules.ts";

/** How held-out cases are segmented and scored. */
export interface ScoreCellOptions {
  readonly rules: ScoringRules;
  readonly device?: string | undefined;
  readonly threads?: number | undefined;
  /** Called after each case that was worked on. */
  readonly onCase?: ((done: number, total: number) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Segments each held-out case with the cell's bundle, on the case's own grid as users do it, and scores it; what an earlier
 * process did of that is kept.
 *
 * Errors: as `loadBundle`, `openEngine`, `loadCase`, `segmentScan` and `evaluateClasses`; the signal's reason
 */
export async function scoreCell(cell: PlannedCell, options: ScoreCellOptions): Promise<void> {
  const cases = casesNamed(cell.study.dataset, cell.split.validation);
  const segmenter = openWhenAsked(cell, options);
  try {
    for (const [index, each] of cases.entries()) {
      options.signal?.throwIfAborted();
      const files = cell.place.caseFiles(index);
      if ((await readCaseScores(files, rulesKeyOf(options.rules))) !== undefined) continue;
      await scoreCase(each, { cell, files, segmenter, options });
      await options.onCase?.(index + 1, cases.length);
    }
  } finally {
    await segmenter.close();
  }
}

interface CaseTask {
  readonly cell: PlannedCell;
  readonly files: CaseFiles;
  readonly segmenter: Segmenter;
  readonly options: ScoreCellOptions;
}

async function scoreCase(trainingCase: TrainingCase, task: CaseTask): Promise<void> {
  const { cell, files, options } = task;
  const { dataset } = cell.study;
  const loaded = await loadCase(dataset, trainingCase, { signal: options.signal });
  const pair = { reference: labelsOf(loaded), prediction: await predictionOf(loaded, task) };
  const evaluation = evaluationOf(options.rules, dataset);
  const classes = await evaluateClasses(pair, { ...evaluation, signal: options.signal });
  const ids = [0, ...dataset.classes.map(({ id }) => id)];
  await writeCaseScores(files, {
    case: trainingCase.id,
    rules: rulesKeyOf(options.rules),
    scores: classes.flatMap(({ name: label, values }) =>
      Object.entries(values).map(([metric, value]) => ({ label, metric, value })),
    ),
    confusion: confusionOf(
      { prediction: pair.prediction.data, reference: pair.reference.data },
      { ids, ignoreLabel: dataset.ignoreLabel },
    ),
  });
}

/** Labels on the case's grid: those of an earlier process, or new ones, which are kept for the next. */
async function predictionOf(loaded: LoadedCase, { files, segmenter, options }: CaseTask): Promise<LabelMap> {
  if ((await readInference(files)) !== undefined) return readPrediction(files, loaded, options.signal);
  const scan = scanOf(loaded);
  const { bundle, engine } = await segmenter.open();
  const started = performance.now();
  const { labels, classes } = await segmentScan(scan, bundle, {
    engine,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const seconds = (performance.now() - started) / 1000;
  await writerNamed("nifti").write({ ...scan, channels: [labels], classes }, files.labels, {});
  await writeInference(files, { case: loaded.id, seconds });
  return volumeOf(labels.data, scan.channels[0]);
}

/** The labels that were kept; a file holds a grid in single precision, the case's own is meant. */
export async function readPrediction(
  { labels: path }: CaseFiles,
  { channels: [grid] }: Pick<LoadedCase, "channels">,
  signal?: AbortSignal | undefined,
): Promise<LabelMap> {
  const { channels } = await readLabelFile(path, { signal });
  return labelMapOf(volumeOf(channels[0].data, grid, path), path);
}

function scanOf({ channels, warnings }: LoadedCase): Scan {
  return { format: "nifti", channels, modality: undefined, warnings, inputs: [] };
}

/** A bundle and an engine to run it on. */
interface Segmenter {
  open(): Promise<{ readonly bundle: Bundle; readonly engine: Engine }>;
  close(): Promise<void>;
}

/** Opens bundle and engine for the first case that needs them. */
function openWhenAsked({ place }: PlannedCell, { device = "cpu", threads, signal }: ScoreCellOptions): Segmenter {
  let opened: Promise<readonly [Bundle, Engine]> | undefined;
  const open = async () => {
    const bundle = await loadBundle(place.run.bundle);
    try {
      const own = { ...(threads === undefined ? {} : { threads }), ...(signal === undefined ? {} : { signal }) };
      return [bundle, await openEngine({ device, ...own })] as const;
    } catch (error) {
      await bundle.close();
      throw error;
    }
  };
  return {
    open: async () => {
      opened ??= open();
      const [bundle, engine] = await opened;
      return { bundle, engine };
    },
    close: async () => {
      const tools = await opened?.catch(() => undefined);
      await Promise.all((tools ?? []).map((tool) => tool.close()));
    },
  };
}
