import type { Static } from "@sinclair/typebox";
import type { Frozen } from "../frozen.ts";
import { GraphError } from "../graph/graph-error.ts";
import type { GroupRule } from "../optimisers/parameter-groups.ts";
import {
  type Architecture,
  type ForeignNames,
  kindsOf,
  type Network,
  type NetworkContext,
  rowNamed,
} from "./architecture.ts";
import { encoderArchitectures } from "./encoders.ts";
import { maskDecoderArchitecture } from "./mask-decoder.ts";

/** Every architecture; a new one is a file and a line here, or among the encoders where others may work over its way down. */
export const architectures = [...encoderArchitectures, maskDecoderArchitecture] as const;

type Row = (typeof architectures)[number];

/** Schemas of the settings of every architecture, told apart by `kind`. */
export const networkSchemas = architectures.map(({ schema }): Row["schema"] => schema);

/** An architecture's name and settings. */
export type NetworkSettings = Frozen<Static<Row["schema"]>>;

/** The network that settings describe. Errors: GraphError when it is built for an image that does not fit it */
export function networkFrom(settings: NetworkSettings, context: NetworkContext): Network {
  const row: Architecture = rowOf(settings.kind);
  return row.build(settings, context);
}

/** Other programs' names for a network's parameters. */
export function networkForeignNames(settings: NetworkSettings, context: NetworkContext): readonly ForeignNames[] {
  const row: Architecture = rowOf(settings.kind);
  return row.foreignNames?.(settings, context) ?? [];
}

/** The sides of a patch nearest to those wanted that a network takes. */
export function networkSides(settings: NetworkSettings, wanted: readonly number[]): readonly number[] {
  const row: Architecture = rowOf(settings.kind);
  return row.sides?.(settings, wanted) ?? wanted;
}

/** Parameters of a network that its paper moves in their own way. */
export function networkGroups(settings: NetworkSettings): readonly GroupRule[] {
  const row: Architecture = rowOf(settings.kind);
  return row.groups?.(settings) ?? [];
}

/** What a network adds to the attention of each output channel, from its weights by name; see `Architecture`. */
export function networkClassBias(
  settings: NetworkSettings,
  context: NetworkContext,
  weights: ReadonlyMap<string, Float32Array>,
): readonly number[] | undefined {
  const row: Architecture = rowOf(settings.kind);
  return row.classBias?.(settings, context, (name) => weights.get(name) ?? new Float32Array(0));
}

function rowOf(kind: NetworkSettings["kind"]): Row {
  const row = rowNamed(architectures, kind);
  if (row === undefined)
    throw new GraphError({ where: "network", expected: kindsOf(architectures).join(", "), got: kind });
  return row;
}
