import { join } from "node:path";

/** Where everything about a training run lies. */
export interface RunFolder {
  readonly folder: string;
  readonly config: string;
  readonly plan: string;
  readonly split: string;
  readonly log: string;
  readonly curves: string;
  readonly provenance: string;
  /** All that the next step depends on. */
  readonly last: string;
  /** Weights with the best validation Dice; absent before the first validation, and where nothing is held out. */
  readonly best: string;
  /** What `rarevox segment` takes. */
  readonly bundle: string;
}

/** The places in a run's folder. */
export function runFolderAt(folder: string): RunFolder {
  const at = (...path: string[]) => join(folder, ...path);
  return {
    folder,
    config: at("config.json"),
    plan: at("plan.json"),
    split: at("split.json"),
    log: at("log.jsonl"),
    curves: at("curves.png"),
    provenance: at("provenance.json"),
    last: at("checkpoints", "last.safetensors"),
    best: at("checkpoints", "best.safetensors"),
    bundle: at("bundle"),
  };
}
