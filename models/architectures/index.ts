import { type Static, Type } from "@sinclair/typebox";
import type { Network, Stage } from "./architecture.ts";
import { unet } from "./unet.ts";

/** What every architecture is told beside its own settings. */
export interface NetworkContext {
  /** From the plan, finest first, one side per dimension. */
  readonly stages: readonly Stage[];
  /** Channels that come out: classes with background, or regions. */
  readonly outputs: number;
  /** Resolutions that give logits: 1, or more for deep supervision. */
  readonly heads: number;
}

const unetSettings = Type.Object(
  {
    kind: Type.Literal("unet"),
    encoder: Type.Optional(
      Type.Unsafe<"plain" | "residual">({
        type: "string",
        enum: ["plain", "residual"],
        description: "residual adds what went into a block to what comes out; default plain.",
      }),
    ),
  },
  { additionalProperties: false, description: "U-Net in 2-D or 3-D as nnU-Net configures it." },
);

/** Schemas of the settings of every architecture, told apart by `kind`. */
export const networkSchemas = [unetSettings] as const;

/** An architecture's name and settings. */
export type NetworkSettings = Static<(typeof networkSchemas)[number]>;

const builders: {
  readonly [K in NetworkSettings["kind"]]: (
    settings: Extract<NetworkSettings, { kind: K }>,
    context: NetworkContext,
  ) => Network;
} = {
  unet: ({ encoder }, context) => unet({ ...context, ...(encoder === undefined ? {} : { encoder }) }),
};

/** The network that settings describe. */
export function networkFrom(settings: NetworkSettings, context: NetworkContext): Network {
  return builders[settings.kind](settings, context);
}
