import type { BenchmarkSpec } from "./spec-schema.ts";

/** A network with a way to train it, as a specification says them. */
export interface Method {
  /** `<network>/<training>`. */
  readonly key: string;
  readonly network: BenchmarkSpec["networks"][number];
  readonly training: BenchmarkSpec["trainings"][number];
}

/** What a specification says of pairs. */
type Pairs = Pick<BenchmarkSpec, "networks" | "trainings" | "only" | "except">;

/** The pairs of networks and trainings that are compared, in the order of the specification. */
export function methodsOf({ networks, trainings, only = [{}], except = [] }: Pairs): readonly Method[] {
  const all = networks.flatMap((network) =>
    trainings.map((training): Method => ({ key: `${network.name}/${training.name}`, network, training })),
  );
  const isIn = (method: Method, pairs: NonNullable<BenchmarkSpec["only"]>) => pairs.some((pair) => fits(method, pair));
  return all.filter((method) => isIn(method, only) && !isIn(method, except));
}

/** A name that is left out fits every one. */
function fits(
  { network, training }: Method,
  pair: { readonly network?: string | undefined; readonly training?: string | undefined },
): boolean {
  return (pair.network ?? network.name) === network.name && (pair.training ?? training.name) === training.name;
}

/** The method that all others are compared with. */
export function baselineOf(spec: Pairs & Pick<BenchmarkSpec, "baseline">): Method {
  const methods = methodsOf(spec);
  const { baseline } = spec;
  return (baseline && methods.find((method) => fits(method, baseline))) ?? methods[0];
}
