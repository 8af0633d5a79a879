import { type Box, clippedBox, shapeOfBox } from "../../volume/box.ts";
import { type FoundCase, type Keep, type LookedCase, settledCase } from "./found-case.ts";
import { type MarginBounds, marginMm } from "./margin-rule.ts";

/**
 * Which components are to span a stage's region: those with which, and with the margin that they need, more of the training
 * cases have their structure inside; of equals those that make the smaller regions.
 *
 * Empty:  all components where no case says anything
 */
export function chooseKeep(
  cases: readonly LookedCase[],
  { stage, ...bounds }: MarginBounds & { readonly stage: string },
): Keep {
  const [largest, all] = (["largest", "all"] as const).map((keep) => {
    const settled = cases.map((each) => settledCase(each, new Map([[stage, keep]])));
    return regionsWith(settled, { stage, ...bounds });
  });
  if (largest.inside !== all.inside) return largest.inside > all.inside ? "largest" : "all";
  return largest.meanMm3 < all.meanMm3 ? "largest" : "all";
}

/** How many regions hold their structure, and how large they are on average. */
function regionsWith(cases: readonly FoundCase[], options: MarginBounds & { readonly stage: string }) {
  const margin = marginMm(cases, options);
  const regions = cases.flatMap(({ found, truth, shape, spacingMm }) => {
    const [box, wanted] = [found[options.stage], truth[options.stage]];
    if (box === undefined || wanted === undefined) return [];
    const region = grown(box, (axis) => Math.ceil(margin[axis] / spacingMm[axis]));
    const [d, h, w] = shapeOfBox(clippedBox(region, shape));
    return [{ holds: holds(region, wanted), mm3: d * h * w * spacingMm[0] * spacingMm[1] * spacingMm[2] }];
  });
  return {
    inside: regions.filter(({ holds }) => holds).length,
    meanMm3: regions.reduce((sum, { mm3 }) => sum + mm3, 0) / Math.max(1, regions.length),
  };
}

function grown({ start, stop }: Box, by: (axis: number) => number): Box {
  return {
    start: [start[0] - by(0), start[1] - by(1), start[2] - by(2)],
    stop: [stop[0] + by(0), stop[1] + by(1), stop[2] + by(2)],
  };
}

function holds(outer: Box, inner: Box): boolean {
  return [0, 1, 2].every((axis) => outer.start[axis] <= inner.start[axis] && inner.stop[axis] <= outer.stop[axis]);
}
