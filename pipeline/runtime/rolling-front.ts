import type { AxisMap } from "./axis-map.ts";
import type { DecidedRow, LabelRowInto, OutputSlice } from "./label-rows.ts";
import type { PatchView } from "./patch-copy.ts";
import type { ScoreRows } from "./score-rows.ts";

/** Takes patches in ascending order of D and writes every output row as soon as no later patch can change it. */
export interface RollingFront {
  add(output: Float32Array, view: PatchView, offset: number): void;
  /** Writes what is left, after the last patch. */
  end(): void;
}

/**
 * Starts at the first row of one block.
 *
 * Shape:  labels and probabilities [output D, output H, output W]; `mapD` leads from output rows to score rows
 */
export function rollingFrontOf(
  { labels, probabilities }: OutputSlice,
  {
    rows,
    writeRow,
    mapD,
    depth,
    patchDepth,
    rowVoxels,
  }: {
    readonly rows: ScoreRows;
    readonly writeRow: LabelRowInto;
    readonly mapD: AxisMap;
    readonly depth: number;
    readonly patchDepth: number;
    /** Of the block. */
    readonly rowVoxels: number;
  },
): RollingFront {
  const outputDepth = mapD.first.length;
  const sliceLength = labels.length / outputDepth;
  // An output row lies between the last two finished rows, never further back.
  const lastDecisions = [new Uint16Array(rowVoxels), new Uint16Array(rowVoxels)];
  const decided = (d: number): DecidedRow => ({ scores: rows.row(d), decisions: lastDecisions[d % 2] });
  let [reached, finished, written] = [0, 0, 0];

  const writeFinished = () => {
    for (; written < outputDepth && mapD.second[written] < finished; written++) {
      const [from, to] = [written * sliceLength, (written + 1) * sliceLength];
      const slice = { labels: labels.subarray(from, to), probabilities: probabilities?.subarray(from, to) };
      const [first, second] = [decided(mapD.first[written]), decided(mapD.second[written])];
      writeRow(slice, { first, second, share: mapD.share[written] });
    }
  };
  const finishBelow = (end: number) => {
    while (finished < end) {
      rows.finish(finished, lastDecisions[finished % 2]);
      finished++;
      writeFinished();
    }
  };

  return {
    add: (output, view, offset) => {
      finishBelow(view.start[0]);
      while (reached < Math.min(depth, view.start[0] + patchDepth)) rows.clear(reached++);
      rows.add(output, view, offset);
    },
    end: () => finishBelow(depth),
  };
}
