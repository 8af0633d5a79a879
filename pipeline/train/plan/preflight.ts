import type { Warning } from "../../volume/scan.ts";
import type { TrainingPlan } from "../plan-schema.ts";
import type { Fingerprint } from "./fingerprint.ts";
import type { Folds } from "./folds.ts";
import { leaks } from "./leaks.ts";

/** What could go wrong with a plan, said before hours are spent on it. */
export interface PreflightInput {
  readonly plan: TrainingPlan;
  readonly fingerprint: Fingerprint;
  readonly folds: Folds;
}

/**
 * Warns of classes that the target spacing may swallow, that no case or too few hold, and that a fold would miss, and of
 * what folds give away.
 *
 * Empty:  no warnings
 */
export function preflight({ plan, fingerprint, folds }: PreflightInput): readonly Warning[] {
  const voxelMm3 = plan.spacingMm.reduce((product, side) => product * side, 1);
  const ofClasses = plan.classes.flatMap(({ id, name }) => {
    const volumes = fingerprint.cases.flatMap(({ id: caseId, voxels, spacingMm }) => {
      const count = voxels.find(([label]) => label === id)?.[1] ?? 0;
      return count === 0 ? [] : [{ caseId, mm3: count * spacingMm.reduce((product, side) => product * side, 1) }];
    });
    if (volumes.length === 0)
      return [warning("T_CLASS_ABSENT", name, "no training case holds it; nothing can be learnt")];
    return [
      ...smallWarnings(name, { volumes, voxelMm3 }),
      ...foldWarnings(name, { folds, holders: new Set(volumes.map(({ caseId }) => caseId)) }),
    ];
  });
  return [...ofClasses, ...leaks(fingerprint, folds)];
}

function smallWarnings(
  name: string,
  { volumes, voxelMm3 }: { volumes: readonly { readonly caseId: string; readonly mm3: number }[]; voxelMm3: number },
): readonly Warning[] {
  const lost = volumes.filter(({ mm3 }) => mm3 < voxelMm3);
  if (lost.length === 0) return [];
  const text =
    `in ${lost.length} of ${volumes.length} cases it is smaller than one voxel of the target spacing ` +
    `(${voxelMm3.toPrecision(3)} mm3; first ${lost[0].caseId}): choose a finer spacingMm in the plan`;
  return [warning("T_CLASS_SMALL", name, text)];
}

function foldWarnings(
  name: string,
  { folds, holders }: { folds: Folds; holders: ReadonlySet<string> },
): readonly Warning[] {
  return folds.flatMap((held, fold) => {
    const inside = held.filter((id) => holders.has(id)).length;
    if (inside === 0)
      return [warning("T_FOLD_CLASS", name, `no case of fold ${fold} holds it: its Dice has no value there`)];
    if (inside === holders.size)
      return [warning("T_FOLD_CLASS", name, `all cases with it are in fold ${fold}: nothing is learnt of it there`)];
    return [];
  });
}

function warning(code: string, where: string, text: string): Warning {
  return { code, where, text };
}
