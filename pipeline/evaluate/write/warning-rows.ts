import { basename } from "node:path";
import type { Problem } from "../../volume/errors.ts";
import { isMeasured } from "../evaluate-cases.ts";
import type { Evaluation } from "../evaluation.ts";
import { groupedBy } from "../statistics/grouped.ts";

/** What was odd about how many cases. */
export interface WarningRow {
  readonly code: string;
  /** Names of the first cases, and how many others there are. */
  readonly cases: string;
  readonly text: string;
}

/** Cases that a row has room for. */
const MOST_SHOWN = 3;

/** The warnings of all cases, each kind once. */
export function warningRows({ methods, warnings }: Evaluation): readonly WarningRow[] {
  const perCase = methods.flatMap(({ cases, unmatched, name }) => [
    ...cases.filter(isMeasured).flatMap((each) => each.warnings.map((warning) => ({ ...warning, where: each.case }))),
    ...unmatched.map((file) => ({
      code: "W_UNMATCHED",
      where: file,
      text: `predictions in ${name} that have no reference`,
    })),
  ]);
  const kinds = groupedBy([...warnings, ...perCase], ({ code, text }) => JSON.stringify([code, text]));
  return [...kinds.values()].map((own) => {
    const names = [...new Set(own.map(({ where }) => where))];
    const others = names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} others` : "";
    return { code: own[0].code, cases: names.slice(0, MOST_SHOWN).join(", ") + others, text: own[0].text };
  });
}

/** A problem without the folders in which its file lies: names of people and machines may be among them. */
export function publicProblem(problem: Problem): Problem {
  return { ...problem, where: basename(problem.where) };
}
