import { elementCountOf } from "../graph/graph.ts";
import { listParameters } from "../training-step.ts";
import type { Architecture, NetworkContext } from "./architecture.ts";
import { architectures } from "./index.ts";

/** A published form of an architecture, and how large it is. */
export interface ArchitectureDescription {
  readonly kind: string;
  readonly variant: string;
  readonly title: string;
  readonly source: string;
  /** Trained numbers for `describedImage` and `describedContext`. */
  readonly parameters: number;
}

const sides = [96, 96, 96];

/** The image that parameters are counted for: one channel, as large as most transformers were published with. */
export const describedImage: readonly number[] = [1, 1, ...sides];

/** What parameters are counted for: nnU-Net's stages for that image, the 14 classes of BTCV, no deep supervision. */
export const describedContext: NetworkContext = {
  stages: [32, 64, 128, 256, 320].map((features, level) => ({
    features,
    kernel: sides.map(() => 3),
    stride: sides.map(() => (level === 0 ? 1 : 2)),
    blocks: 2,
  })),
  outputs: 14,
  heads: 1,
};

/** Every published form of every architecture. */
export function describeArchitectures(): readonly ArchitectureDescription[] {
  return architectures.flatMap(describe);
}

function describe(row: Architecture): readonly ArchitectureDescription[] {
  const { schema, title, source, variants } = row;
  return Object.entries(variants).map(([variant, settings]) => {
    const { weights } = listParameters(row.build(settings, describedContext), describedImage);
    const parameters = weights.reduce((sum, { shape }) => sum + elementCountOf(shape), 0);
    return { kind: String(schema.properties.kind.const), variant, title, source, parameters };
  });
}
