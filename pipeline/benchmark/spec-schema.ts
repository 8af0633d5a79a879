import { type Static, type TProperties, type TSchema, Type } from "@sinclair/typebox";
import { networkSchemas } from "../../models/architectures/index.ts";
import { type Frozen, oneKind, oneWord, record, textUpTo } from "../bundle/schema-parts.ts";
import { emptyRules } from "../evaluate/empty-rule.ts";
import { cascadeSettingsSchema, stageTrainingDefs } from "../train/cascade/cascade-config.ts";
import { planOptionsSchema } from "../train/plan/plan-options.ts";
import { trainingOverridesSchema } from "../train/training-config.ts";

/** Newest version of benchmark specifications that this program reads. */
export const BENCHMARK_VERSION = 1;

const whole = (description: string, { from = 0, to = 1e9 } = {}) =>
  Type.Integer({ minimum: from, maximum: to, description });
const maybe = <T extends TSchema>(schema: T) => Type.Optional(schema);
const words = <T extends object>(texts: T) => Object.keys(texts) as (keyof T & string)[];

const name = (description: string) =>
  Type.String({
    pattern: "^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$",
    title: "a name of at most 64 letters, digits and . _ + -",
    description,
  });

/** Said in several places, written down once. */
const overrides = Type.Unsafe<Static<typeof trainingOverridesSchema>>({ $ref: "#/$defs/config" });

const budget = Type.Union(
  [
    record(
      { steps: whole("Training steps.", { from: 1, to: 10_000_000 }) },
      "The same number of steps for each method.",
    ),
    record(
      { minutes: Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description: "Of training, validation apart." }) },
      "The same time for each method; how many steps it has room for is measured beforehand.",
    ),
  ],
  { description: "How long each cell is trained." },
);

const seeds = Type.Array(whole("Of weights and batches.", { to: Number.MAX_SAFE_INTEGER }), {
  minItems: 1,
  maxItems: 100,
  uniqueItems: true,
  description: "Each cell is trained once with each; default 1.",
});
const folds = Type.Array(whole("Counted from 0.", { to: 99 }), {
  minItems: 1,
  uniqueItems: true,
  description: "Which folds are held out in turn; default all.",
});
const foldCount = whole("Folds that the cases are split into; default 5.", { from: 2, to: 100 });
const mostCases = whole("At most so many cases, evenly drawn from the list of names; default all.", { from: 2 });

const phantom = record(
  {
    kind: oneWord(["mre"], "What is drawn: MR enterographies."),
    cases: whole("How many are drawn.", { from: 2, to: 9999 }),
    seed: maybe(whole("Of what is drawn; default 1.", { to: Number.MAX_SAFE_INTEGER })),
    size: maybe(oneWord(["small", "full"], "Voxels of each; default full.")),
  },
  "Scans that the program draws itself.",
);

const dataset = record(
  {
    name: name("What tables call it, and what `--data <name>=<path>` gives a place."),
    path: maybe(
      Type.String({
        minLength: 1,
        maxLength: 4096,
        description: "Folder or list, from the specification's own folder.",
      }),
    ),
    phantom: maybe(phantom),
    split: maybe(
      oneWord(["stratified", "nnunet"], "By the classes that cases hold (default), or as nnU-Net draws folds."),
    ),
    foldCount: maybe(foldCount),
    folds: maybe(folds),
    cases: maybe(mostCases),
    skipBadCases: maybe(Type.Boolean({ description: "Leave out cases that cannot be used; default false." })),
    plan: maybe(planOptionsSchema),
    config: maybe(overrides),
  },
  "Scans with label maps.",
);

const network = record(
  {
    name: name("What tables call it."),
    settings: oneKind(networkSchemas, "Architecture."),
    plan: maybe(planOptionsSchema),
    config: maybe(overrides),
  },
  "A network that is compared.",
);

const training = record(
  {
    name: name("What tables call it."),
    config: overrides,
    cascade: maybe(cascadeSettingsSchema),
  },
  "A way to train: losses, weights, samplers. With `cascade` a coarse network and fine ones in the regions that it finds, " +
    "whose settings are those of the method but for what is said there; all of them share the steps of the budget.",
);

const pair = record(
  { network: maybe(name("Any when left out.")), training: maybe(name("Any when left out.")) },
  "Networks with ways to train them.",
);

const ofCells = { plan: maybe(planOptionsSchema), config: maybe(overrides) };
const ofFolds = { foldCount: maybe(foldCount), folds: maybe(folds), cases: maybe(mostCases) };

const changes = <T extends TProperties>(list: string, fields: T) =>
  Type.Record(name(`Of one of \`${list}\`.`), record(fields, "Beside what is said there."), {
    additionalProperties: false,
    description: `What is otherwise for single ${list}, by name.`,
  });

const preset = record(
  {
    budget: maybe(budget),
    seeds: maybe(seeds),
    ...ofFolds,
    ...ofCells,
    datasets: maybe(changes("datasets", { ...ofFolds, ...ofCells })),
    networks: maybe(changes("networks", ofCells)),
  },
  "What `--preset <name>` says otherwise, for all data sets alike but for those that it names.",
);

const toleranceMm = Type.Number({ minimum: 0, maximum: 1000 });

/** JSON Schema of a benchmark's specification; also the source of `BenchmarkSpec`. */
export const benchmarkSpecSchema = Type.Object(
  {
    schema: Type.Literal(`rarevox-benchmark/${BENCHMARK_VERSION}`, { description: "Version of this format." }),
    title: textUpTo(200, "Of the report."),
    datasets: Type.Array(dataset, { minItems: 1, maxItems: 64 }),
    networks: Type.Array(network, { minItems: 1, maxItems: 64 }),
    trainings: Type.Array(training, { minItems: 1, maxItems: 256 }),
    only: maybe(Type.Array(pair, { minItems: 1, description: "Pairs that are compared; default each with each." })),
    except: maybe(Type.Array(pair, { description: "Pairs that are not." })),
    seeds: maybe(seeds),
    budget,
    config: maybe(overrides),
    baseline: maybe(
      record({ network: name("Of `networks`."), training: name("Of `trainings`.") }, "Default the first method."),
    ),
    metrics: maybe(
      Type.Array(Type.String({ maxLength: 64 }), {
        minItems: 1,
        uniqueItems: true,
        description: "Keys or families that `rarevox evaluate` knows; default its own.",
      }),
    ),
    toleranceMm: maybe(
      Type.Union([toleranceMm, Type.Record(Type.String({ maxLength: 64 }), toleranceMm)], {
        description: "Surface distance that does not count, for all classes or by name; default 1.",
      }),
    ),
    emptyRule: maybe(oneWord(words(emptyRules), "What a metric is worth where it is not defined; default nan.")),
    presets: maybe(Type.Record(name("Of the preset."), preset, { additionalProperties: false })),
  },
  {
    $id: `urn:rarevox:benchmark-spec:${BENCHMARK_VERSION}`,
    title: "rarevox benchmark",
    description: "Data sets, networks and ways to train them, compared at an equal budget.",
    additionalProperties: false,
    $defs: { config: trainingOverridesSchema, ...stageTrainingDefs },
  },
);

/** A benchmark's specification, checked. */
export type BenchmarkSpec = Frozen<Static<typeof benchmarkSpecSchema>>;

/** A data set as a specification names it. */
export type SpecDataset = BenchmarkSpec["datasets"][number];
