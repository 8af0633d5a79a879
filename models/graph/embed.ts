import { fedInputsOf, type Graph } from "./graph.ts";
import { GraphError } from "./graph-error.ts";

/** How a graph becomes part of another. */
export interface EmbedOptions {
  /** Put before every name of the guest but those that are wired. */
  readonly prefix: string;
  /** Value of the host that each of the guest's inputs becomes. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * The host with the guest behind it: the guest's outputs take the place of the host's, which they may be computed from.
 *
 * Errors: GraphError when an input of the guest is not wired, the two are of different operator sets, or names collide
 */
export function embed(host: Graph, guest: Graph, { prefix, inputs }: EmbedOptions): Graph {
  for (const { name } of fedInputsOf(guest))
    if (inputs[name] === undefined)
      throw new GraphError({ where: name, expected: "a value of the host for each input", got: "none" });
  for (const [domain, version] of guest.opsets) {
    const own = host.opsets.get(domain);
    if (own !== undefined && own !== version)
      throw new GraphError({ where: domain || "operator set", expected: `version ${own}`, got: `${version}` });
  }
  const renamed = (name: string) => (name === "" ? "" : (inputs[name] ?? `${prefix}/${name}`));
  const taken = new Set(host.nodes.flatMap((node) => node.outputs).concat(host.initializers.map(({ name }) => name)));
  const nodes = guest.nodes.map((node) => ({
    ...node,
    name: renamed(node.name),
    inputs: node.inputs.map(renamed),
    outputs: node.outputs.map(renamed),
  }));
  const initializers = guest.initializers.map((tensor) => ({ ...tensor, name: renamed(tensor.name) }));
  const collision = [...nodes.flatMap(({ outputs }) => outputs), ...initializers.map(({ name }) => name)].find((name) =>
    taken.has(name),
  );
  if (collision !== undefined)
    throw new GraphError({ where: collision, expected: "a name that is free", got: "one in use" });
  return {
    ...host,
    opsets: new Map([...host.opsets, ...guest.opsets]),
    irVersion: Math.max(host.irVersion, guest.irVersion),
    initializers: [...host.initializers, ...initializers],
    nodes: [...host.nodes, ...nodes],
    outputs: guest.outputs.map((output) => ({ ...output, name: renamed(output.name) })),
  };
}
