import { FAILURE_BELOW, SIGNIFICANT } from "../analysis/metric-results.ts";

/** How numbers came about, for the methods section of a paper. */
export function rulesOf({
  resamples,
  seed,
}: {
  readonly resamples: number;
  readonly seed: number | string;
}): readonly string[] {
  return [
    "Every case is scored by the runs that held it out. Where several did (seeds, or folds with common cases), its " +
      "scores are averaged before anything else, so that a case counts once however often it was predicted.",
    "A score that is not defined (such as Dice of a class in neither mask, by the rule stated above) stays out of means and " +
      "tests; the number of cases that remain is given beside the mean. Distances are undefined where a class was not found at all, " +
      "which flatters a method that misses it: read them beside the failures.",
    `Intervals hold the middle 95 % and are bias-corrected and accelerated bootstrap intervals (Efron 1987) of ${resamples} ` +
      "resamples; patients are drawn, each with all its cases. Where no patient is named each case is a patient.",
    "Methods are compared on the cases that both have a defined score of, patients' means paired: Wilcoxon's signed-rank test, " +
      `two-sided, exact up to 100 differing pairs. p values are Holm-adjusted; the family is all methods times all classes ` +
      `within one data set and one metric. Differences are called significant below ${SIGNIFICANT}.`,
    "The same test compares every method with the best mean of its class. As the best was chosen on the same cases, that " +
      "test is a guide to which methods tie, not a confirmation.",
    `A class counts as missed in a case when its Dice is below ${FAILURE_BELOW}.`,
    "Ranks follow the mean over classes of the class means, on the cases that all methods were scored on; their stability is the share of bootstrap resamples (the same " +
      "patients for all methods) in which a method has each place (Wiesenfarth 2021).",
    "Metrics that are best at zero are compared by their size.",
    `Every draw is fixed by the seed ${seed}: the same results give the same report.`,
  ];
}
