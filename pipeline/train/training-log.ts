import { appendFile, readFile } from "node:fs/promises";
import { type Append, writeFileWhole } from "../io/atomic-write.ts";

/** A line of `log.jsonl`. */
export type LogRecord = StepRecord | ValidationRecord | NoteRecord;

/** One step. */
export interface StepRecord {
  readonly kind: "step";
  /** Steps taken, this one included. */
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly milliseconds: number;
  /** Time that the network waited for the batch. */
  readonly waitMilliseconds: number;
}

/** One validation. */
export interface ValidationRecord {
  readonly kind: "validation";
  readonly step: number;
  /** Mean over cases of each class's Dice, by name; absent where no case holds the class. */
  readonly dice: Readonly<Record<string, number>>;
  /** Mean over the classes. */
  readonly meanDice: number;
  readonly cases: number;
  readonly milliseconds: number;
  /** Voxels and patches of each class that the network was shown so far. */
  readonly exposure: readonly ClassExposure[];
  /** What the network adds to the attention of each class, by name, where it does. */
  readonly classBias?: Readonly<Record<string, number>>;
}

/** How much of a class was seen. */
export interface ClassExposure {
  readonly name: string;
  readonly voxels: number;
  readonly patches: number;
}

/** An event. */
export interface NoteRecord {
  readonly kind: "started" | "resumed" | "stopped" | "finished" | "alarm";
  readonly step: number;
  readonly text: string;
}

/** Adds a record at the end. */
export async function appendLog(path: string, record: LogRecord): Promise<void> {
  await appendFile(path, `${JSON.stringify(record)}\n`);
}

/** Every whole record; a line that a crash cut off is left out. */
export async function readLog(path: string): Promise<readonly LogRecord[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as LogRecord];
    } catch {
      return [];
    }
  });
}

/** Forgets what came after a checkpoint, which is done again. */
export async function rewindLog(path: string, step: number): Promise<void> {
  const kept = (await readLog(path)).filter((record) => record.step <= step);
  const text = kept.map((record) => `${JSON.stringify(record)}\n`).join("");
  await writeFileWhole(path, (append: Append) => append(Buffer.from(text)));
}
