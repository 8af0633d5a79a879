import { inferenceGraph } from "../../models/inference-graph.ts";
import type { CarriedValue } from "../../models/training-step.ts";
import type { Engine } from "../runtime/engine.ts";
import { tensorsOf } from "./checkpoint.ts";
import { type PlanNetwork, planNetwork } from "./plan-network.ts";
import type { TrainingPlan } from "./plan-schema.ts";
import { openPreparedCase } from "./prepare/prepared-case-file.ts";
import type { BatchCase } from "./sampling/sampler.ts";
import type { TrainingConfig } from "./training-config.ts";
import type { TrainingGraph } from "./training-graph.ts";
import { type Validation, type ValidationCase, validate } from "./validate.ts";

/** What a run is judged with. */
export interface ValidatorOptions {
  readonly plan: TrainingPlan;
  readonly config: TrainingConfig;
  readonly graph: TrainingGraph;
  readonly cases: readonly BatchCase[];
  readonly engine: Engine;
  readonly onProgress?: ((stage: "validate", done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a validation found, and what can be read off the weights. */
export type Judgement = Validation & {
  /** What the network adds to the attention of each class, by name, where it does. */
  readonly classBias: Readonly<Record<string, number>> | undefined;
};

/** Validates what a run would deliver with given values. */
export function validator({
  plan,
  config,
  graph,
  cases,
  engine,
  onProgress,
  signal,
}: ValidatorOptions): (carried: ReadonlyMap<string, Float32Array>) => Promise<Judgement> {
  const subject = planNetwork(plan, { settings: config.network, deepSupervision: false });
  const { patch, classes, ignoreLabel } = plan;
  return async (carried) => {
    const weights = deliveredWeights(carried, graph.step.carried);
    const network = { ...subject, graph: networkWith(weights, subject), patch, ignoreLabel };
    const progress = (done: number) => onProgress?.("validate", done, cases.length);
    const validated = { ...network, classIds: classes.map(({ id }) => id) };
    const classBias = subject.classBias(weights);
    return { ...(await validate(validated, opened(cases, progress), { engine, signal })), classBias };
  };
}

function networkWith(weights: ReadonlyMap<string, Float32Array>, { network, channels, sides }: PlanNetwork) {
  return inferenceGraph({ name: "validated network", network, weights, channels, sides });
}

/** Cases one after the other; none is held longer than it is looked at. */
async function* opened(cases: readonly BatchCase[], onCase: (done: number) => void): AsyncGenerator<ValidationCase> {
  for (const [n, { id, folder }] of cases.entries()) {
    const prepared = openPreparedCase(folder);
    try {
      yield { id, shape: prepared.shape, ...prepared.readBlock([0, 0, 0], prepared.shape) };
    } finally {
      prepared.close();
    }
    onCase(n + 1);
  }
}

/** The weights that a run delivers, by parameter: their average where there is one. */
export function deliveredWeights(
  carried: ReadonlyMap<string, Float32Array>,
  values: readonly CarriedValue[],
): ReadonlyMap<string, Float32Array> {
  const hasAverage = values.some(({ kind }) => kind === "average");
  const kept = values.filter(({ kind }) => kind === "buffer" || kind === (hasAverage ? "average" : "weights"));
  return new Map(
    kept.flatMap((value) => {
      const named = value.kind === "average" ? { ...value, kind: "weights" as const } : value;
      const tensors = tensorsOf(named, carried.get(value.name) ?? new Float32Array(0));
      return [...tensors].map(([name, { data }]) => [name, data] as const);
    }),
  );
}
