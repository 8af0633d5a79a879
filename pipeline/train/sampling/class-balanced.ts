import { type Static, Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import { ConfigError } from "../../volume/errors.ts";
import { type BatchCase, type NamedClass, oneOf, type Sampler } from "./sampler.ts";

export const classBalancedSchema = record(
  {
    kind: Type.Literal("class-balanced"),
    weights: Type.Optional(
      Type.Record(Type.String({ maxLength: 64 }), Type.Number({ minimum: 0, maximum: 1e6 }), {
        description: "How often each class is drawn, by name, and `background` for anywhere; default 1.",
      }),
    ),
  },
  "A class first, then a case that holds it, then one of its voxels, so that rare classes are seen as often as common ones.",
);

/** Name of what is drawn anywhere. */
const BACKGROUND = "background";

/**
 * Draws a class by weight, then a case that holds it.
 *
 * Errors: ConfigError C_SAMPLING when a weight names no class, or nothing that any case holds has a weight
 */
export function classBalancedSampler(
  { weights = {} }: Static<typeof classBalancedSchema>,
  { cases, classes }: { readonly cases: readonly BatchCase[]; readonly classes: readonly NamedClass[] },
): Sampler {
  const given = new Map(Object.entries(weights));
  assertNames([...given.keys()], [BACKGROUND, ...classes.map(({ name }) => name)]);
  const weightOf = (name: string) => given.get(name) ?? 1;
  const groups = [
    { classId: undefined, weight: weightOf(BACKGROUND), holders: cases },
    ...classes.map(({ id, name }) => ({
      classId: id,
      weight: weightOf(name),
      holders: cases.filter(({ classIds }) => classIds.includes(id)),
    })),
  ].filter(({ weight, holders }) => weight > 0 && holders.length > 0);
  const edges = groups.map((_, n) => groups.slice(0, n + 1).reduce((sum, { weight }) => sum + weight, 0));
  const total = edges.at(-1) ?? 0;
  if (total === 0) throw samplingError("a class that some case holds with a weight above 0", "none");
  return (_place, random) => {
    const at = total * random.uniform();
    const group = groups[edges.findIndex((edge) => at < edge)];
    const chosen = oneOf(group.holders, random);
    return group.classId === undefined ? { chosen } : { chosen, classId: group.classId };
  };
}

function assertNames(names: readonly string[], legal: readonly string[]): void {
  const stranger = names.find((name) => !legal.includes(name));
  if (stranger !== undefined) throw samplingError(`names of classes (${legal.join(", ")})`, stranger);
}

function samplingError(expected: string, got: string): ConfigError {
  const next = "Correct the weights in the training settings";
  return new ConfigError({ code: "C_SAMPLING", where: "sampling/weights", expected, got, next });
}
