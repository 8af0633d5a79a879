import { oValueOfDice } from "../../pipeline/evaluate/metrics/o-value.ts";
import { encodePicture } from "../../pipeline/io/png-picture.ts";
import type {
  BenchmarkResults,
  BenchmarkScore,
  Cell,
  Confusion,
  CurvePoint,
  ExampleSlice,
  MeasuredCost,
  ReportedClass,
  ReportedMethod,
  StructureSize,
} from "../../pipeline/report/benchmark-results.ts";
import { type Random, randomFrom } from "../../pipeline/volume/random.ts";

/** How much is made up. */
export interface MadeUp {
  readonly seed?: number;
  readonly cases?: number;
  readonly folds?: number;
  readonly seeds?: number;
  readonly datasets?: readonly string[];
}

const STEPS = 20;

const anatomy = [
  { name: "liver", frequency: 0.031, color: "#e69f00", difficulty: 0.04 },
  { name: "spleen", frequency: 0.0042, color: "#56b4e9", difficulty: 0.07 },
  { name: "pancreas", frequency: 0.0017, color: "#009e73", difficulty: 0.22 },
  { name: "gallbladder", frequency: 0.00061, color: "#f0e442", difficulty: 0.2 },
  { name: "appendix", frequency: 0.000043, color: "#d55e00", difficulty: 0.48 },
];

const trained = [
  { network: "U-Net", training: "cross-entropy + Dice", skill: 0, rare: 0, parameters: 5.6e6, seconds: 2700 },
  { network: "U-Net", training: "dynamic focal", skill: -0.004, rare: 0.22, parameters: 5.6e6, seconds: 2750 },
  {
    network: "SwinUNETR",
    training: "cross-entropy + Dice",
    skill: -0.03,
    rare: -0.1,
    parameters: 15.7e6,
    seconds: 6900,
  },
  { network: "DeltaSeg", training: "cross-entropy + Dice", skill: 0.012, rare: 0.05, parameters: 7.1e6, seconds: 3600 },
];

/**
 * Results as a benchmark could have had them: four methods, five classes of which one is rare and missing in some
 * cases, every number drawn from the seed.
 */
export async function madeUpResults({
  seed = 7,
  cases = 30,
  folds = 2,
  seeds = 1,
  datasets = ["abdomen"],
}: MadeUp = {}): Promise<BenchmarkResults> {
  const cells = datasets.flatMap((dataset) =>
    trained.flatMap((method) =>
      grid(folds, seeds).map(([fold, run]) => ({
        cell: { dataset, method: keyOf(method), fold, seed: run },
        method,
        random: randomFrom(seed).fork(`${dataset}/${keyOf(method)}/${fold}/${run}`),
      })),
    ),
  );
  const slices = datasets.map((dataset) => slicesOf(dataset, randomFrom(seed).fork("slices")));
  return {
    title: "Abdomen: what helps the appendix",
    classes: datasets.flatMap(classesOf),
    methods: trained.map((method): ReportedMethod => ({ key: keyOf(method), ...pick(method) })),
    baseline: keyOf(trained[0]),
    missing: [],
    scores: cells.flatMap((each) => scoresOf(each, { cases, folds, seed })),
    sizes: datasets.flatMap((dataset) => sizesOf(dataset, cases, randomFrom(seed).fork(`${dataset}/sizes`))),
    curves: cells.flatMap(curveOf),
    costs: cells.map(costOf),
    confusions: datasets.flatMap((dataset) => trained.map((method) => confusionOf(dataset, method))),
    slices: (await Promise.all(slices)).flat(),
    failures: [
      {
        ...cells[cells.length - 1].cell,
        seed: 99,
        problem: "loss: expected a finite number, got NaN at step 412. Lower the learning rate.",
      },
    ],
    facts: {
      "data sets": datasets.join(", "),
      folds: `${folds}, drawn by patient`,
      seeds: `${seeds}`,
      budget: "2000 steps of 2 patches of 96 x 96 x 96",
      machine: "2 cores, 16 GB",
      versions: "rarevox 0.1.0, ONNX Runtime 1.30.0, Node 20.19",
    },
  };
}

type Trained = (typeof trained)[number];

interface MadeUpCell {
  readonly cell: Cell;
  readonly method: Trained;
  readonly random: Random;
}

const keyOf = ({ network, training }: Trained) => `${network}/${training}`.toLowerCase().replace(/[^a-z/]+/g, "-");

const pick = ({ network, training }: Trained) => ({ network, training });

function grid(folds: number, seeds: number): readonly (readonly [number, number])[] {
  return Array.from({ length: folds * seeds }, (_, n) => [Math.floor(n / seeds), n % seeds]);
}

function classesOf(dataset: string): readonly ReportedClass[] {
  return anatomy.map(({ name, frequency, color }, index) => ({ dataset, id: index + 1, name, frequency, color }));
}

function scoresOf(
  { cell, method, random }: MadeUpCell,
  { cases, folds, seed }: { readonly cases: number; readonly folds: number; readonly seed: number },
): readonly BenchmarkScore[] {
  return Array.from({ length: cases }, (_, index) => index)
    .filter((index) => index % folds === cell.fold)
    .flatMap((index) => {
      const name = nameOf(index);
      const patient = randomFrom(seed).fork(`${cell.dataset}/${name}`);
      return anatomy.flatMap((each) =>
        valuesOf({ each, method, patient, random }).map((row) => ({ ...cell, case: name, ...row })),
      );
    });
}

interface Drawn {
  readonly each: (typeof anatomy)[number];
  readonly method: Trained;
  /** What is hard about a case is hard for every method. */
  readonly patient: Random;
  readonly random: Random;
}

function valuesOf({ each, method, patient, random }: Drawn) {
  const prevalence = each.frequency * Math.exp(0.3 * patient.normal());
  const hardness = each.difficulty * Math.exp(0.45 * patient.normal());
  const rareGain = each.name === "appendix" ? method.rare : 0;
  const raw = 1 - hardness + method.skill + rareGain + 0.35 * each.difficulty * random.normal() * 0.6;
  const isAbsent = each.name === "appendix" && patient.uniform() < 0.15;
  const dice = isAbsent ? Number.NaN : Math.max(0, Math.min(0.985, raw));
  const row = (metric: string, value: number) => ({ label: each.name, metric, value });
  return [
    row("dice", dice),
    row("nsd", Math.min(1, dice * 1.03 + 0.01)),
    row("hd95", dice > 0 ? 1.5 + 28 * (1 - dice) ** 1.4 * Math.exp(0.3 * random.normal()) : Number.NaN),
    row("prevalence", prevalence),
    row("o-dice", oValueOfDice(dice, prevalence)),
  ];
}

/** Of bodies of 10 litres. */
function sizesOf(dataset: string, cases: number, random: Random): readonly StructureSize[] {
  return Array.from({ length: cases }, (_, index) => nameOf(index)).flatMap((name) =>
    anatomy.map((each) => ({
      ...{ dataset, case: name, label: each.name },
      ml: 10_000 * each.frequency * Math.exp(0.3 * random.normal()),
    })),
  );
}

const nameOf = (index: number) => `case_${String(index + 1).padStart(3, "0")}`;

function curveOf({ cell, method, random }: MadeUpCell): readonly CurvePoint[] {
  return anatomy.flatMap(({ name, difficulty }) =>
    Array.from({ length: STEPS }, (_, n) => {
      const rise = 1 - Math.exp(-(n + 1) / (3 + 14 * difficulty));
      const end = 1 - difficulty + method.skill + (name === "appendix" ? method.rare : 0);
      const dice = Math.max(0, end * rise + 0.03 * random.normal() * (0.3 + difficulty));
      return { ...cell, label: name, step: (n + 1) * 100, seconds: (method.seconds * (n + 1)) / STEPS, dice };
    }),
  );
}

function costOf({ cell, method, random }: MadeUpCell): MeasuredCost {
  return {
    ...cell,
    parameters: method.parameters,
    flopsPerPatch: method.parameters * 9800,
    steps: 100 * STEPS,
    trainingSeconds: method.seconds * (1 + 0.03 * random.normal()),
    inferenceSecondsPerCase: method.seconds / 600,
    peakMemoryBytes: 2 ** 30 * (1 + method.parameters / 6e6),
  };
}

function confusionOf(dataset: string, method: Trained): Confusion {
  const sizes = [
    1 - anatomy.reduce((sum, { frequency }) => sum + frequency, 0),
    ...anatomy.map((each) => each.frequency),
  ];
  const voxels = sizes.map((size, row) =>
    sizes.map((_, column) => {
      const total = size * 3e8;
      if (row === 0) return Math.round(column === 0 ? total * 0.998 : total * 0.002 * sizes[column]);
      const found = 1 - anatomy[row - 1].difficulty + (row === 5 ? method.rare : 0);
      if (row === column) return Math.round(total * found);
      const lost = total * (1 - found);
      return Math.round(column === 0 ? lost * 0.9 : (lost * 0.1 * (Math.abs(row - column) === 1 ? 1 : 0)) / 2);
    }),
  );
  return { dataset, method: keyOf(method), labels: ["background", ...anatomy.map(({ name }) => name)], voxels };
}

async function slicesOf(dataset: string, random: Random): Promise<readonly ExampleSlice[]> {
  const ranks = ["best", "median", "worst"] as const;
  const each = trained.flatMap((method) =>
    ranks.map(async (rank, order) => ({
      dataset,
      method: keyOf(method),
      case: `case_${String(1 + random.integer(0, 30)).padStart(3, "0")}`,
      rank,
      dice: 0.93 - 0.18 * order + method.skill,
      png: new Uint8Array(await ellipses(random.fork(`${keyOf(method)}/${rank}`))),
    })),
  );
  return Promise.all(each);
}

const SIDE = 160;

/** A grey body with a filled organ and its outline a little beside it. */
function ellipses(random: Random): Promise<Buffer> {
  const [x, y] = [60 + random.integer(0, 40), 60 + random.integer(0, 40)];
  const rgb = new Uint8Array(SIDE * SIDE * 3);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [px, py] = [i % SIDE, Math.floor(i / SIDE)];
    const body = ((px - 80) / 72) ** 2 + ((py - 80) / 58) ** 2 < 1;
    const organ = ((px - x) / 22) ** 2 + ((py - y) / 17) ** 2;
    const outline = ((px - x - 3) / 22) ** 2 + ((py - y + 2) / 17) ** 2;
    const grey = body ? 90 + 25 * Math.sin(px / 9) * Math.cos(py / 7) : 8;
    const colour = Math.abs(outline - 1) < 0.12 ? [255, 255, 255] : organ < 1 ? [213, 94, 0] : [grey, grey, grey];
    rgb.set(colour, 3 * i);
  }
  return encodePicture({ width: SIDE, height: SIDE, rgb, texts: [] });
}
