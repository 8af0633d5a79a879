import { definedOf, meanOf } from "../../evaluate/statistics/describe.ts";
import type { DatasetAnalysis } from "../analysis/analyse-dataset.ts";
import { metricDigits, metricTitle } from "../metric-title.ts";
import { numberText } from "../number-text.ts";
import { NOTHING, type Table, type TableCell } from "./table.ts";

/** Each method on every data set; nothing for fewer than two of them. */
export function acrossTable(analyses: readonly DatasetAnalysis[]): Table | undefined {
  const scored = analyses.flatMap(({ dataset, main, overviews, ranking }) =>
    main === undefined || ranking === undefined ? [] : [{ dataset, main, overviews, ranking }],
  );
  if (scored.length < 2) return undefined;
  const methods = scored[0].dataset.methods;
  const ranksOf = (key: string) =>
    scored.map(({ ranking }) => ranking.methods.find(({ method }) => method === key)?.rank ?? Number.NaN);
  const meanRanks = methods.map(({ key }) => meanOf(definedOf(ranksOf(key))));
  const bestRank = Math.min(...definedOf(meanRanks));
  return {
    name: "across",
    title: "Mean over classes on every data set",
    columns: [
      { title: "Method", align: "left" },
      ...scored.map(({ dataset, main }) => ({
        title: `${dataset.name}, ${metricTitle(main.metric)}`,
        align: "right" as const,
      })),
      { title: "mean rank", align: "right" },
    ],
    groups: [
      {
        rows: methods.map(({ key, name }, index): readonly TableCell[] => [
          { text: name },
          ...scored.map(({ main, overviews, ranking }) => {
            const macro = overviews.find(({ method }) => method.key === key)?.macro.value ?? Number.NaN;
            const isBold = ranking.methods.some(({ method, rank }) => method === key && rank === 1);
            return { text: numberText(macro, metricDigits(main.metric)), isBold };
          }),
          rankCell(meanRanks[index], { count: definedOf(ranksOf(key)).length, of: scored.length, best: bestRank }),
        ]),
      },
    ],
    notes: [
      "Mean rank: mean over the data sets of the method's rank on each, 1 being the best; the number of data sets in brackets " +
        "where it has no score on some. Bold: best.",
    ],
  };
}

function rankCell(
  rank: number,
  { count, of, best }: { readonly count: number; readonly of: number; readonly best: number },
): TableCell {
  if (Number.isNaN(rank)) return { text: NOTHING };
  return { text: `${count === of ? "" : `(${count}) `}${rank.toFixed(1)}`, isBold: rank === best };
}
