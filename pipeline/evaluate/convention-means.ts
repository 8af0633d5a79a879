import type { LabelMap } from "../volume/volume.ts";
import { classSubjects } from "./class-subjects.ts";
import { type ConventionScore, conventionScores, conventions } from "./conventions.ts";
import { countedLabels } from "./counted-labels.ts";
import type { EvaluatedClasses } from "./evaluated-classes.ts";
import { definedOf, meanOf } from "./statistics/describe.ts";

/** A package's mean of one class, and over how many cases. */
export interface ConventionMean {
  readonly package: string;
  readonly dice: number;
  readonly diceCases: number;
  /** Over finite values, with the spacing given. Units: mm */
  readonly hd95: number;
  readonly hd95Cases: number;
  /** Cases of which it says an infinite distance. */
  readonly infinite: number;
  /** The same with no spacing given, where that is allowed. */
  readonly hd95Voxels: number;
}

/** What packages say of a class. */
export interface ClassConventions {
  readonly label: string;
  readonly packages: readonly ConventionMean[];
}

/** Gathers what other packages would have said, case by case. */
export interface ConventionTally {
  readonly add: (pair: { readonly prediction: LabelMap; readonly reference: LabelMap }) => Promise<void>;
  readonly means: () => readonly ClassConventions[];
}

/** An empty tally for some classes; voxels to ignore are background on both sides. */
export function conventionTally(classes: EvaluatedClasses, signal?: AbortSignal): ConventionTally {
  const values = new Map(classes.classes.map(({ name }) => [name, conventions.map(() => [] as ConventionScore[])]));
  return {
    add: async (pair) => {
      for (const subject of classSubjects(pair, classes)) {
        const counted = countedLabels(
          { prediction: subject.prediction.data, reference: subject.reference.data },
          subject.ignoreLabel,
        );
        const maps = {
          prediction: { ...subject.prediction, data: counted.prediction },
          reference: { ...subject.reference, data: counted.reference },
        };
        const scores = await conventionScores(maps, { classes: subject.classes, ...(signal ? { signal } : {}) });
        for (const { id, name } of subject.classes)
          for (const [n, score] of (scores.get(id) ?? []).entries()) values.get(name)?.[n].push(score);
      }
    },
    means: () =>
      [...values].map(([label, perPackage]) => ({
        label,
        packages: perPackage.map((own, n) => meansOf(conventions[n].package, own)),
      })),
  };
}

function meansOf(name: string, scores: readonly ConventionScore[]): ConventionMean {
  const dice = definedOf(scores.map((score) => score.dice));
  const hd95 = definedOf(scores.map((score) => score.hd95));
  const finite = hd95.filter(Number.isFinite);
  return {
    package: name,
    dice: meanOf(dice),
    diceCases: dice.length,
    hd95: meanOf(finite),
    hd95Cases: finite.length,
    infinite: hd95.length - finite.length,
    hd95Voxels: meanOf(definedOf(scores.map(({ hd95Voxels }) => hd95Voxels))),
  };
}
