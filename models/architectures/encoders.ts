import { type Static, Type } from "@sinclair/typebox";
import type { Frozen } from "../frozen.ts";
import { GraphError } from "../graph/graph-error.ts";
import { type Architecture, type Encoder, kindsOf, type NetworkContext, rowNamed } from "./architecture.ts";
import { attentionUnetArchitecture } from "./attention-unet.ts";
import { deltaSegArchitecture } from "./delta-seg.ts";
import { medNextArchitecture } from "./mednext.ts";
import { segResNetArchitecture } from "./segresnet.ts";
import { selfOnnUnetArchitecture } from "./self-onn-unet.ts";
import { swinUnetrArchitecture } from "./swin-unetr.ts";
import { unetArchitecture } from "./unet.ts";
import { unetPlusPlusArchitecture } from "./unet-plus-plus.ts";
import { unetrArchitecture } from "./unetr.ts";

/** Architectures whose way down other networks may work over; a new one is a file and a line here. */
export const encoderArchitectures = [
  unetArchitecture,
  unetPlusPlusArchitecture,
  selfOnnUnetArchitecture,
  deltaSegArchitecture,
  attentionUnetArchitecture,
  segResNetArchitecture,
  medNextArchitecture,
  unetrArchitecture,
  swinUnetrArchitecture,
] as const;

type Row = (typeof encoderArchitectures)[number];

/** Settings of the architecture whose way down makes the features. */
export const encoderSettings = Type.Unsafe<Static<Row["schema"]>>({
  type: "object",
  discriminator: { propertyName: "kind" },
  required: ["kind"],
  oneOf: encoderArchitectures.map(({ schema }) => schema),
  description: "The architecture whose way down makes the features; default unet.",
});

/** Which architecture's way down, and its sizes. */
export type EncoderSettings = Frozen<Static<Row["schema"]>>;

/** The sides nearest to those wanted that an encoder takes. */
export function encoderSides(settings: EncoderSettings, wanted: readonly number[]): readonly number[] {
  const row: Architecture | undefined = rowNamed(encoderArchitectures, settings.kind);
  return row?.sides?.(settings, wanted) ?? wanted;
}

/** The way down of the architecture that settings name. */
export function encoderFrom(settings: EncoderSettings, context: Pick<NetworkContext, "stages">): Encoder {
  const row: Architecture | undefined = rowNamed(encoderArchitectures, settings.kind);
  const encoder = row?.encoder?.(settings, context);
  if (encoder !== undefined) return encoder;
  throw new GraphError({
    where: "network/encoder",
    expected: kindsOf(encoderArchitectures).join(", "),
    got: settings.kind,
  });
}

/** Settings of an architecture as those of an encoder; `undefined` where its way down cannot be worked over. */
export function asEncoder(settings: { readonly kind: string }): EncoderSettings | undefined {
  return rowNamed(encoderArchitectures, settings.kind) === undefined ? undefined : (settings as EncoderSettings);
}
