import { type Static, Type } from "@sinclair/typebox";
import { type Frozen, record } from "../../../bundle/schema-parts.ts";
import type { BatchCase, NamedClass, Sampler } from "../sampler.ts";
import { patchItems } from "./patch-items.ts";

const share = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1, description }));
const factor = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 10, description }));

export const hamrSchema = record(
  {
    kind: Type.Literal("hamr"),
    decay: share("Of the moving average of difficulty, per visit; default 0.9, the paper's 0.99 is for more visits."),
    tau: factor("Exponent of difficulty; default 0.7."),
    lambda: factor("What neighbours of hard patches gain; default 0.7."),
    neighbours: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, description: "Of each hard patch; default 10." }),
    ),
    hardShare: share("Of all, the hardest, whose neighbours gain; default 0.1."),
  },
  "Hard patches and those that look like them more often, as training finds them; chances are set anew at each validation.",
);

/** What hardness-aware sampling is set to. */
export type HamrSettings = Frozen<Static<typeof hamrSchema>>;

/**
 * Draws a case and a class in it by their chances; all alike until there are any.
 *
 * Source: HAMR, arXiv:2604.18759
 */
export function hamrSampler(
  choices: { readonly cases: readonly BatchCase[]; readonly classes: readonly NamedClass[] },
  chances: () => Float32Array | undefined,
): Sampler {
  const items = patchItems(choices);
  return (_place, random) => {
    const now = chances();
    const at = random.uniform();
    const item = now === undefined ? Math.floor(at * items.length) : drawn(now, at);
    return { ...items[item], item };
  };
}

/** The first place at which the chances add up to more than `at`. */
function drawn(chances: Float32Array, at: number): number {
  let sum = 0;
  for (let n = 0; n < chances.length - 1; n++) {
    sum += chances[n];
    if (at < sum) return n;
  }
  return chances.length - 1;
}
