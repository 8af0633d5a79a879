import type { Random } from "../../volume/random.ts";
import { drawnFrom } from "./bootstrap.ts";
import type { PatientOf } from "./by-patient.ts";
import { type Description, describe } from "./describe.ts";
import { type Better, betterOf } from "./direction.ts";
import { kendallTau } from "./kendall.ts";
import type { MethodScore, UnpairedRule } from "./method-scores.ts";
import { type Ranked, type RankTables, ranksIn, rankTables } from "./rank-tables.ts";

/** How methods are ranked. */
export interface RankingOptions {
  /** Which way the metric is better; needed where the metric is not one of rarevox's. */
  readonly better?: Better | undefined;
  /** The patient of a case: the unit of every draw; each case its own unless said. */
  readonly patientOf?: PatientOf | undefined;
  /** "refuse" unless said; "drop" keeps the cases of a class that every method was scored on. */
  readonly unpaired?: UnpairedRule | undefined;
  /** 1000 unless said. */
  readonly resamples?: number | undefined;
  readonly random: Random;
}

/** Where a method stands. */
export interface RankedMethod {
  readonly method: string;
  /** 1 is best; equals share the mean of their ranks. */
  readonly rank: number;
  /** What was ranked: a mean score, or a mean of ranks. */
  readonly value: number;
  /** Share of resamples in which it holds each place, the first place first; equals share their places evenly. */
  readonly placeShares: readonly number[];
  /** Share of resamples in which it comes first: the first of `placeShares`. */
  readonly firstShare: number;
  /** Its rank over resamples. */
  readonly resampledRank: Description;
}

/** An order of methods, and how firm it is. */
export interface Ranking {
  /** The best first. */
  readonly methods: readonly RankedMethod[];
  /** Kendall's tau-b of each resample's ranking with this one; 1 is agreement. */
  readonly kendallTau: Description;
}

/** Methods in order of one metric. */
export interface MethodRanking {
  /** By the mean score in each class. */
  readonly classes: readonly (Ranking & { readonly label: string })[];
  /** By the mean over classes of the rank in each class. */
  readonly meanOfRanks: Ranking;
  /** By the mean over classes of the mean score in each class. */
  readonly rankOfMeans: Ranking;
}

/**
 * Ranks methods per class and over classes, and again on bootstrap resamples of the patients, the same for all methods.
 *
 * Empty:  NaN scores stay out of means, so that a method gains by scores it lacks: evaluate with the rule "worst-case"
 *         where that matters. Without any defined score in a class a method is last there, and by means over classes
 *         too; a class that all methods lack counts for none
 * Errors: ConfigError E_ONE_METRIC, E_TWICE, E_UNPAIRED; E_METRIC for an unknown metric
 * Source: Wiesenfarth 2021, doi:10.1038/s41598-021-82017-6 (challengeR)
 */
export function rankMethods(scores: readonly MethodScore[], options: RankingOptions): MethodRanking {
  const { better = betterOf(scores), resamples = 1000, random } = options;
  const tables = rankTables(scores, options);
  const full = ranksIn(tables, { drawn: tables.patients, better });
  const draws = Array.from({ length: resamples }, () =>
    ranksIn(tables, { drawn: drawnFrom(tables.patients, random), better }),
  );
  const rankingOf = (pick: (ranks: typeof full) => Ranked) => ranking(tables, pick(full), draws.map(pick));
  return {
    classes: tables.classes.map(({ label }, index) => ({ label, ...rankingOf(({ classes }) => classes[index]) })),
    meanOfRanks: rankingOf(({ meanOfRanks }) => meanOfRanks),
    rankOfMeans: rankingOf(({ rankOfMeans }) => rankOfMeans),
  };
}

function ranking({ methods }: RankTables, { values, ranks }: Ranked, draws: readonly Ranked[]): Ranking {
  const ranked = methods.map((method, index) => {
    const placeShares = placeSharesOf(index, draws, methods.length);
    return {
      method,
      rank: ranks[index],
      value: values[index],
      placeShares,
      firstShare: placeShares[0],
      resampledRank: describe(draws.map((draw) => draw.ranks[index])),
    };
  });
  return {
    methods: ranked.sort((first, second) => first.rank - second.rank),
    kendallTau: describe(draws.map((draw) => kendallTau(ranks, draw.ranks))),
  };
}

/** Share of draws in which a method holds each place; methods that share a rank each hold their places in part. */
function placeSharesOf(method: number, draws: readonly Ranked[], places: number): readonly number[] {
  const shares = new Array<number>(places).fill(0);
  for (const { ranks } of draws) {
    const rank = ranks[method];
    const equals = ranks.filter((each) => each === rank).length;
    const firstPlace = rank - (equals + 1) / 2;
    for (let place = firstPlace; place < firstPlace + equals; place++) shares[place] += 1 / equals;
  }
  return shares.map((share) => share / draws.length);
}
