import { writeFileWhole } from "../../io/atomic-write.ts";
import { type LogRecord, readLog, type StepRecord, type ValidationRecord } from "../training-log.ts";
import type { CascadeFolder } from "./cascade-folder.ts";
import type { CascadeDice } from "./judge-cascade.ts";
import type { PlannedCascade } from "./plan-cascade.ts";

/** What a cascade's log is written from. */
export interface CascadeLogOptions {
  readonly cascade: PlannedCascade;
  readonly place: CascadeFolder;
  /** Coarse networks that left some of the training cases out. */
  readonly folds: number;
  readonly dice: CascadeDice;
}

/**
 * Writes one log of the steps of all networks, counted on from one to the next, and at its end what they come to together.
 *
 * Empty:  no validation where no case is held out
 */
export async function writeCascadeLog({ cascade, place, folds, dice }: CascadeLogOptions): Promise<void> {
  const coarse = [...Array.from({ length: folds }, (_, fold) => place.coarseFold(fold)), place.coarse];
  const networks = [...coarse, ...cascade.stages.map(({ name }) => place.fine(name))];
  const steps: StepRecord[] = [];
  for (const { log } of networks) {
    const before = steps.length;
    const own = (await readLog(log)).filter((record) => record.kind === "step");
    steps.push(...own.map((record) => ({ ...record, step: before + record.step })));
  }
  const cases = cascade.split.validation.length;
  const validations = cases === 0 ? [] : [validationOf(dice, { step: steps.length, cases })];
  const lines = [...steps, ...validations].map((record: LogRecord) => `${JSON.stringify(record)}\n`);
  await writeFileWhole(place.run.log, (append) => append(Buffer.from(lines.join(""))));
}

function validationOf(
  dice: CascadeDice,
  { step, cases }: { readonly step: number; readonly cases: number },
): ValidationRecord {
  const means = [...dice].map(([name, { mean }]) => [name, mean] as const);
  const meanDice = means.reduce((sum, [, mean]) => sum + mean, 0) / Math.max(1, means.length);
  return { kind: "validation", step, dice: Object.fromEntries(means), meanDice, cases, milliseconds: 0, exposure: [] };
}
