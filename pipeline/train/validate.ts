import { encodeModel } from "../../models/graph/encode.ts";
import type { Graph } from "../../models/graph/graph.ts";
import type { Engine } from "../runtime/engine.ts";
import type { NetworkOutput } from "../runtime/network.ts";
import type { Triple } from "../volume/affine.ts";
import type { LabelArray } from "../volume/volume.ts";
import { caseDice, meanDice } from "./case-dice.ts";

/** A case with its answer, as networks see it. */
export interface ValidationCase {
  readonly id: string;
  readonly shape: Triple;
  /** [C, D, H, W] */
  readonly image: Float32Array;
  readonly labels: LabelArray;
}

/** A network to be validated, and how it is fed. */
export interface ValidationSubject {
  /** Of inference. */
  readonly graph: Graph;
  readonly channels: number;
  readonly patch: Triple;
  readonly output: NetworkOutput;
  readonly classIds: readonly number[];
  readonly ignoreLabel: number | undefined;
}

/** What a validation found. */
export interface Validation {
  /** Mean over the cases in which a class is, by id; absent where there is none. */
  readonly dice: ReadonlyMap<number, number>;
  /** Mean over classes; 0 where there is none. */
  readonly meanDice: number;
  readonly cases: number;
}

/**
 * Segments whole cases with a sliding window and compares, on the network's own grid.
 *
 * Errors: as `Engine.load` and `Engine.predict`; the signal's reason
 */
export async function validate(
  { graph, channels, patch, output, classIds, ignoreLabel }: ValidationSubject,
  cases: AsyncIterable<ValidationCase>,
  { engine, signal }: { readonly engine: Engine; readonly signal?: AbortSignal | undefined },
): Promise<Validation> {
  const options = signal === undefined ? {} : { signal };
  const spec = {
    where: graph.name,
    model: encodeModel(graph),
    inputChannels: channels,
    patch: { kind: "fixed", size: patch } as const,
    output,
  };
  const network = await engine.load(spec, options);
  const found: ReadonlyMap<number, number>[] = [];
  try {
    for await (const { image, shape, labels } of cases) {
      const prediction = await engine.predict(network, { image, shape, overlap: 0.5 }, options);
      found.push(caseDice(prediction.labels, { reference: labels, classIds, ignoreLabel }));
    }
  } finally {
    await engine.unload(network);
  }
  const dice = new Map([...meanDice(found)].map(([id, { mean }]) => [id, mean]));
  return { dice, meanDice: dice.size === 0 ? 0 : meanOf([...dice.values()]), cases: found.length };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
