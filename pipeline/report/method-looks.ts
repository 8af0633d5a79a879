import type { ReportedMethod } from "./benchmark-results.ts";
import { colours } from "./draw-chart.ts";

/** How a method is drawn, the same in every chart. */
export interface MethodLook {
  readonly color: string;
  readonly shape: string;
  /** Lengths of dashes and gaps; empty for a line without gaps. */
  readonly dash: readonly number[];
}

const shapes = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "cross",
  "triangle-down",
  "triangle-right",
  "triangle-left",
];

const dashes: readonly (readonly number[])[] = [
  [],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [12, 3],
  [4, 2, 1, 2],
  [1, 3],
  [10, 2, 4, 2],
];

/** A colour each while they last; then colours say how a method was trained, shapes and dashes which network it is. */
export function methodLooks(methods: readonly ReportedMethod[]): readonly MethodLook[] {
  if (methods.length <= colours.length)
    return methods.map((_, index) => ({ color: colours[index], shape: shapes[index], dash: [] }));
  const networks = [...new Set(methods.map(({ network }) => network))];
  const trainings = [...new Set(methods.map(({ training }) => training))];
  const areCrossed = networks.length > 1 && trainings.length > 1;
  return methods.map(({ network, training }, index) => {
    const [hue, form] = areCrossed
      ? [trainings.indexOf(training), networks.indexOf(network)]
      : [index, Math.floor(index / colours.length)];
    return {
      color: colours[hue % colours.length],
      shape: shapes[form % shapes.length],
      dash: dashes[form % dashes.length],
    };
  });
}
