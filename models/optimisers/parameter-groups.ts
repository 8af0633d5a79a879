import type { Value } from "../graph/builder.ts";
import { elementCountOf } from "../graph/graph.ts";
import { GraphError } from "../graph/graph-error.ts";
import { concat, reshape, split } from "../graph/operators/index.ts";
import type { ParameterSpec } from "../layers/parameters.ts";

/** How some of the parameters are moved in their own way. */
export interface GroupRule {
  /** A name for the group, also that of its vector in the graph. */
  readonly name: string;
  /** Which parameters, by a regular expression on their names; the first rule that fits decides. */
  readonly match: string;
  /** Factor on the learning rate; 1 when left out. */
  readonly learningRateFactor?: number;
  /** A constant rate in the place of the schedule's. */
  readonly learningRate?: number;
  /** In place of the optimiser's own. */
  readonly weightDecay?: number;
  /** Longest gradient of the group; longer ones are shortened to it. */
  readonly clipNorm?: number;
}

/** Parameters that are kept as one vector, one behind the other. */
export interface ParameterGroup {
  readonly rule: GroupRule;
  readonly parameters: readonly ParameterSpec[];
  /** Elements of all of them. */
  readonly length: number;
}

/** The group of every parameter that no rule names. */
const REST = "weights";

/**
 * Parts the parameters by the rules; what no rule fits is a group of its own, named `weights`.
 *
 * Errors: GraphError when a rule fits no parameter or is no regular expression, or two have one name
 */
export function parameterGroups(
  parameters: readonly ParameterSpec[],
  rules: readonly GroupRule[] = [],
): readonly ParameterGroup[] {
  const all = [...rules, { name: REST, match: "" }];
  const patterns = all.map(({ name, match }) => patternOf(name, match));
  const ofParameter = parameters.map(({ name }) => patterns.findIndex((pattern) => pattern.test(name)));
  return all.flatMap((rule, n) => {
    if (all.findIndex(({ name }) => name === rule.name) !== n)
      throw new GraphError({ where: rule.name, expected: "a name of its own for each group", got: "one in use" });
    const members = parameters.filter((_, index) => ofParameter[index] === n);
    if (members.length === 0 && n < rules.length)
      throw new GraphError({ where: rule.name, expected: "parameters that fit", got: `none fits ${rule.match}` });
    const length = members.reduce((sum, { shape }) => sum + elementCountOf(shape), 0);
    return members.length === 0 ? [] : [{ rule, parameters: members, length }];
  });
}

function patternOf(where: string, match: string): RegExp {
  try {
    return new RegExp(match);
  } catch (error) {
    throw new GraphError({ where, expected: "a regular expression", got: JSON.stringify(match) }, { cause: error });
  }
}

/** The parameters of a group out of its vector, by name. */
export function parametersIn(vector: Value, { parameters }: ParameterGroup): ReadonlyMap<string, Value> {
  const lengths = parameters.map(({ shape }) => elementCountOf(shape));
  const parts = split(vector, { axis: 0, lengths });
  return new Map(parameters.map(({ name, shape }, n) => [name, reshape(parts[n], shape)]));
}

/** Values of a group's parameters as one vector. */
export function vectorOf(values: readonly Value[]): Value {
  return concat(
    values.map((value) => reshape(value, [elementCountOf(value.shape.map(Number))])),
    { axis: 0 },
  );
}
