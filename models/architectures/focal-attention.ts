import { GraphError } from "../graph/graph-error.ts";
import type { FocalBiasSettings } from "../layers/focal-bias.ts";
import { asEncoder } from "./encoders.ts";
import type { NetworkSettings } from "./index.ts";

/** An eighth of the published features, for encoders of a few million parameters. */
const SIZES = { features: 64, heads: 4, hidden: 256, depth: 2 };

/**
 * The network that pays focal attention as settings say: a mask decoder as it is, any other with its way down under a mask
 * decoder of a size that suits two CPU cores.
 *
 * Errors: GraphError for an architecture whose way down cannot be worked over
 */
export function focalAttentionNetwork(network: NetworkSettings, focalAttention: FocalBiasSettings): NetworkSettings {
  if (network.kind === "mask-decoder") return { ...network, focalAttention };
  const encoder = asEncoder(network);
  if (encoder !== undefined) return { kind: "mask-decoder", encoder, ...SIZES, focalAttention };
  throw new GraphError({
    where: "focal attention",
    expected: "an architecture whose way down a mask decoder can work over",
    got: network.kind,
  });
}
