import { writeFileWhole } from "../io/atomic-write.ts";
import { type ChartPoint, drawLineCharts } from "../report/line-charts.ts";
import type { RunFolder } from "./run-folder.ts";
import { type LogRecord, readLog } from "./training-log.ts";

/** Most points that a line is drawn from; more cannot be told apart. */
const MOST_POINTS = 400;

/** Draws loss, validation Dice and the bias of focal attention over the steps from a run's log, as a PNG beside it. */
export async function drawTrainingCurves({ log, curves }: Pick<RunFolder, "log" | "curves">): Promise<void> {
  const png = await trainingCurves(await readLog(log));
  await writeFileWhole(curves, (append) => append(png));
}

/** The same picture as the bytes of a PNG file. */
export function trainingCurves(records: readonly LogRecord[]): Promise<Buffer> {
  const dice = dicePoints(records);
  const bias = biasPoints(records);
  return drawLineCharts(
    [
      { title: "Training loss", y: "loss, mean of steps", points: lossPoints(records) },
      ...(dice.length > 0 ? [{ title: "Validation", y: "Dice", points: dice, domain: [0, 1] as const }] : []),
      ...(bias.length > 0 ? [{ title: "Focal attention", y: "bias of the class", points: bias }] : []),
    ],
    { x: "step" },
  );
}

/** The loss of single batches jumps; each point is the mean over its share of the steps. */
function lossPoints(records: readonly LogRecord[]): readonly ChartPoint[] {
  const steps = records.filter((record) => record.kind === "step");
  const width = Math.max(1, Math.ceil(steps.length / MOST_POINTS));
  return Array.from({ length: Math.ceil(steps.length / width) }, (_, n) => {
    const share = steps.slice(n * width, (n + 1) * width);
    const loss = share.reduce((sum, { loss }) => sum + loss, 0) / share.length;
    return { x: share[share.length - 1].step, y: loss, line: "loss" };
  });
}

function dicePoints(records: readonly LogRecord[]): readonly ChartPoint[] {
  return records
    .filter((record) => record.kind === "validation")
    .flatMap(({ step, dice, meanDice }) => [
      ...Object.entries(dice).map(([line, y]) => ({ x: step, y, line })),
      ...(Object.keys(dice).length > 1 ? [{ x: step, y: meanDice, line: "mean" }] : []),
    ]);
}

function biasPoints(records: readonly LogRecord[]): readonly ChartPoint[] {
  return records
    .filter((record) => record.kind === "validation")
    .flatMap(({ step, classBias = {} }) => Object.entries(classBias).map(([line, y]) => ({ x: step, y, line })));
}
