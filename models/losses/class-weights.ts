import { type Static, Type } from "@sinclair/typebox";
import type { Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";

const most = Type.Optional(
  Type.Number({
    minimum: 1,
    description: "Largest weight as a multiple of the smallest, before they are normalised; default 100.",
  }),
);
const closed = (description: string) => ({ additionalProperties: false, description });

/** Schemas of ways to weight classes, told apart by `kind`. */
export const classWeightSchemas = [
  Type.Object({ kind: Type.Literal("inverse-frequency"), most }, closed("1 / frequency.")),
  Type.Object({ kind: Type.Literal("square-root-inverse"), most }, closed("1 / sqrt(frequency).")),
  Type.Object({ kind: Type.Literal("median-frequency"), most }, closed("Median of all frequencies / frequency.")),
  Type.Object(
    {
      kind: Type.Literal("effective-number"),
      beta: Type.Optional(Type.Number({ minimum: 0, exclusiveMaximum: 1, description: "Default 0.9999." })),
      voxels: Type.Optional(
        Type.Integer({ minimum: 1, description: "Voxels that the frequencies are shares of; default 1e6." }),
      ),
      most,
    },
    closed("(1 - beta) / (1 - beta^n) of n voxels."),
  ),
  Type.Object(
    {
      kind: Type.Literal("given"),
      weights: Type.Record(Type.String({ maxLength: 64 }), Type.Number({ minimum: 0, maximum: 1e6 })),
    },
    closed("By the name of the class, or `background`; 1 where left out. They are taken as they are."),
  ),
] as const;

/** A way to weight classes. */
export type ClassWeightSettings = Static<(typeof classWeightSchemas)[number]>;

/** What weights are worked out from, channel by channel. */
export interface ClassFacts {
  readonly names: readonly string[];
  /** Share of all voxels; 0 for a class that no case holds. */
  readonly frequencies: readonly number[];
}

/**
 * A weight for each output channel: clipped, then scaled to mean 1. Classes that no case holds weigh as much as the rarest.
 *
 * Empty:  1 for every channel when no case holds any
 * Errors: GraphError when a weight is given for a name that is no class
 * Source: median: Eigen 2015, arXiv:1411.4734; effective number: Cui 2019, doi:10.1109/CVPR.2019.00949
 */
export function classWeights(settings: ClassWeightSettings, facts: ClassFacts): readonly number[] {
  if (settings.kind === "given") return givenWeights(settings.weights, facts.names);
  const raw = facts.frequencies.map((frequency) =>
    frequency > 0 ? rawWeight(frequency, settings, facts) : Number.NaN,
  );
  const known = raw.filter((weight) => !Number.isNaN(weight));
  if (known.length === 0) return facts.names.map(() => 1);
  const least = Math.min(...known);
  const bound = least * (settings.most ?? 100);
  const rarest = Math.min(bound, Math.max(...known));
  const clipped = raw.map((weight) => (Number.isNaN(weight) ? rarest : Math.min(weight, bound)));
  const mean = clipped.reduce((sum, weight) => sum + weight, 0) / clipped.length;
  return clipped.map((weight) => weight / mean);
}

function rawWeight(
  frequency: number,
  settings: Exclude<ClassWeightSettings, { kind: "given" }>,
  { frequencies }: ClassFacts,
): number {
  if (settings.kind === "inverse-frequency") return 1 / frequency;
  if (settings.kind === "square-root-inverse") return 1 / Math.sqrt(frequency);
  if (settings.kind === "median-frequency") return medianOf(frequencies.filter((each) => each > 0)) / frequency;
  const { beta = 0.9999, voxels = 1e6 } = settings;
  // 1 - beta^n without the loss of digits that a beta near 1 brings.
  return (1 - beta) / -Math.expm1(frequency * voxels * Math.log(beta));
}

function givenWeights(weights: Readonly<Record<string, number>>, names: readonly string[]): readonly number[] {
  const given = new Map(Object.entries(weights));
  const stranger = [...given.keys()].find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw new GraphError({ where: "class weights", expected: `names of classes: ${names.join(", ")}`, got: stranger });
  return names.map((name) => given.get(name) ?? 1);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** One number per channel, shaped to stretch over [N, C, ...]. */
export function perChannel(values: readonly number[], like: Value): Value {
  return like.graph.floats(
    values,
    like.shape.map((_, axis) => (axis === 1 ? values.length : 1)),
  );
}
