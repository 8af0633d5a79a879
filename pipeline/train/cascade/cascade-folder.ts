import { join } from "node:path";
import { type RunFolder, runFolderAt } from "../run-folder.ts";

/** Where everything about a cascade's run lies. */
export interface CascadeFolder {
  readonly folder: string;
  /** Settings with every default filled in. */
  readonly config: string;
  /** What was found when the data set was examined. */
  readonly fingerprint: string;
  /** A coarse network that was trained without some of the training cases. */
  readonly coarseFold: (fold: number) => RunFolder;
  /** The coarse network of all training cases. */
  readonly coarse: RunFolder;
  /** Boxes that a coarse network found in cases that it did not learn from; `held-out` are those of no fold. */
  readonly found: (fold: number | "held-out") => string;
  /** The region of each stage: margin, priors, and what these were worked out from. */
  readonly regions: string;
  /** Cases cut to the regions, in a folder per stage; removed once all networks are trained. */
  readonly crops: string;
  /** Facts of all crops; made when they are. */
  readonly cropFacts: string;
  readonly fine: (stage: string) => RunFolder;
  /** The cascade as a whole: bundle, provenance, split, and log and curves over the steps of all networks. */
  readonly run: RunFolder;
}

/** The places in the folder of a cascade's run. */
export function cascadeFolderAt(folder: string): CascadeFolder {
  const at = (...path: string[]) => join(folder, ...path);
  return {
    folder,
    config: at("cascade.json"),
    fingerprint: at("fingerprint.json"),
    coarseFold: (fold) => runFolderAt(at("coarse", `fold-${fold}`)),
    coarse: runFolderAt(at("coarse", "all")),
    found: (fold) => at("coarse", `found-${fold}.json`),
    regions: at("regions.json"),
    crops: at("crops"),
    cropFacts: at("crops.json"),
    fine: (stage) => runFolderAt(at("fine", stage)),
    run: runFolderAt(folder),
  };
}
