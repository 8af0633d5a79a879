import type { NetworkContext } from "../../models/architectures/architecture.ts";
import { architectures, type NetworkSettings } from "../../models/architectures/index.ts";

/** A network small enough to train in a test, and an image for it. */
export interface SmallNetwork {
  readonly name: string;
  readonly settings: NetworkSettings;
  readonly context: NetworkContext;
  /** [1, C, ...sides]. */
  readonly image: readonly number[];
}

const stagesOf = (dimensions: number) =>
  [3, 5, 6].map((features, level) => ({
    features,
    kernel: new Array<number>(dimensions).fill(3),
    stride: new Array<number>(dimensions).fill(level === 0 ? 1 : 2),
    blocks: 1,
  }));

const smallDenseNet = { blocks: [2, 1], growth: 3, initial: 4 };

/** Of each kind some settings with sides that they divide, 2-D and 3-D; a new architecture is lines here. */
const small: readonly (readonly [NetworkSettings, sides: readonly number[]])[] = [
  [{ kind: "unet" }, [4, 8, 12]],
  [{ kind: "unet" }, [12, 20]],
  [{ kind: "unet", encoder: "residual" }, [4, 8, 12]],
  [{ kind: "unet-plus-plus", encoder: smallDenseNet, decoder: [6, 5, 4] }, [4, 8, 12]],
  [{ kind: "unet-plus-plus", encoder: smallDenseNet, decoder: [6, 5, 4] }, [10, 24]],
  [{ kind: "self-onn-unet", encoder: smallDenseNet, decoder: [6, 5, 4], order: 2 }, [4, 8, 7]],
  [{ kind: "self-onn-unet", encoder: smallDenseNet, decoder: [6, 5, 4], form: "nested" }, [16, 24]],
  [{ kind: "mask-decoder", features: 16, heads: 2, hidden: 12 }, [4, 8, 12]],
  [{ kind: "mask-decoder", features: 16, heads: 2, hidden: 12, focalAttention: { form: "anchored" } }, [12, 20]],
  [
    {
      kind: "mask-decoder",
      features: 16,
      heads: 2,
      hidden: 12,
      encoder: { kind: "self-onn-unet", encoder: smallDenseNet },
      focalAttention: { prior: "log-frequency" },
    },
    [16, 8, 12],
  ],
  [{ kind: "delta-seg", features: [4, 6, 5], bottleneck: 4, rates: [1, 2] }, [4, 6, 8]],
  [{ kind: "delta-seg", features: [4, 6, 5], bottleneck: 4, rates: [1, 2], norm: "instance" }, [10, 14]],
  [{ kind: "attention-unet", features: [3, 4, 6] }, [6, 12, 8]],
  [{ kind: "attention-unet", features: [4, 6, 6, 5] }, [24, 16]],
  [{ kind: "segresnet", features: 4, groups: 2, down: [1, 2, 1] }, [5, 12, 8]],
  [{ kind: "segresnet", features: 3, groups: 3, down: [1, 1], up: [2] }, [10, 6]],
  [{ kind: "mednext", features: 3, blocks: [1, 1, 1, 2, 1], expansion: [2, 1, 3, 2, 1] }, [5, 8, 12]],
  [{ kind: "mednext", features: 3, kernel: 5, blocks: [1, 2, 1], expansion: [2, 3, 2] }, [12, 10]],
  [{ kind: "unetr", features: 2, hidden: 12, mlp: 20, heads: 3, layers: 4 }, [16, 32, 16]],
  [{ kind: "unetr", features: 3, hidden: 12, mlp: 20, heads: 2, layers: 5 }, [48, 32]],
  [{ kind: "swin-unetr", features: 3, depths: [2, 1, 1, 1], heads: [3, 3, 3, 3], window: 3 }, [32, 32, 64]],
  [{ kind: "swin-unetr", features: 3, heads: [1, 2, 3, 4], version: 2, merging: "mergingv2" }, [32, 64]],
];

/** Small networks of every architecture. */
export const smallNetworks: readonly SmallNetwork[] = small.map(([settings, sides]) => ({
  name: `${JSON.stringify(settings)} in ${sides.length}-D`,
  settings,
  context: { stages: stagesOf(sides.length), outputs: 3, heads: 1 },
  image: [1, 2, ...sides],
}));

/** Architectures without a small network. */
export const withoutSmallNetwork: readonly string[] = architectures
  .map(({ schema }): string => schema.properties.kind.const)
  .filter(
    (kind) => ![2, 3].every((rank) => small.some(([each, sides]) => each.kind === kind && sides.length === rank)),
  );
