import { componentsOfRuns } from "../kernels/component-runs.ts";
import { type Connectivity, eachSharedStretch } from "../kernels/runs.ts";
import type { Triple } from "../volume/affine.ts";
import type { LabelRuns, RunsPair } from "./label-runs.ts";
import type { LesionFacts } from "./metrics/facts.ts";

/**
 * Compares the connected regions of every class of two label maps.
 *
 * Empty:  a class in neither is left out
 * Cost:   O(runs)
 * Source: lesion-wise scores of BraTS 2023, arXiv:2305.19369 (without dilation); Kirillov 2019, panoptic quality,
 *         arXiv:1801.00868
 */
export function compareLesions(pair: RunsPair, connectivity: Connectivity): ReadonlyMap<number, LesionFacts> {
  const predicted = lesionsOf(pair.prediction, { shape: pair.shape, connectivity });
  const wanted = lesionsOf(pair.reference, { shape: pair.shape, connectivity });
  const shared = sharedVoxels(pair, { predicted, wanted });
  const classes = new Set([...predicted.byClass.keys(), ...wanted.byClass.keys()]);
  return new Map([...classes].map((id) => [id, factsOf(id, { predicted, wanted, shared })]));
}

/** The lesions of a label map, numbered over all classes. */
interface Lesions {
  /** Of each run. */
  readonly lesionOf: Uint32Array;
  /** Voxels of each lesion. */
  readonly sizes: Float64Array;
  readonly byClass: ReadonlyMap<number, readonly number[]>;
}

function lesionsOf(
  { data, runs, ids }: LabelRuns,
  { shape, connectivity }: { readonly shape: Triple; readonly connectivity: Connectivity },
): Lesions {
  const { component, componentCount, firstRun } = componentsOfRuns(runs, { data, shape, connectivity });
  const sizes = new Float64Array(componentCount);
  for (let run = 0; run < component.length; run++) sizes[component[run]] += runs.stop[run] - runs.start[run];
  const byClass = new Map<number, number[]>();
  for (const [lesion, run] of firstRun.entries()) {
    const own = byClass.get(ids[run]) ?? [];
    own.push(lesion);
    byClass.set(ids[run], own);
  }
  return { lesionOf: component, sizes, byClass };
}

/** For each lesion of the reference, the voxels that it shares with each lesion of the same class in the prediction. */
type SharedVoxels = ReadonlyMap<number, ReadonlyMap<number, number>>;

function sharedVoxels(
  { prediction, reference }: RunsPair,
  { predicted, wanted }: { readonly predicted: Lesions; readonly wanted: Lesions },
): SharedVoxels {
  const shared = new Map<number, Map<number, number>>();
  eachSharedStretch(prediction.runs, reference.runs, (run, other, voxels) => {
    if (prediction.ids[run] !== reference.ids[other]) return;
    const row = shared.get(wanted.lesionOf[other]) ?? new Map<number, number>();
    shared.set(wanted.lesionOf[other], row);
    row.set(predicted.lesionOf[run], (row.get(predicted.lesionOf[run]) ?? 0) + voxels);
  });
  return shared;
}

function factsOf(
  classId: number,
  {
    predicted,
    wanted,
    shared,
  }: { readonly predicted: Lesions; readonly wanted: Lesions; readonly shared: SharedVoxels },
): LesionFacts {
  const ownPredicted = predicted.byClass.get(classId) ?? [];
  const matches = (wanted.byClass.get(classId) ?? []).map((lesion) => ({
    size: wanted.sizes[lesion],
    touching: [...(shared.get(lesion) ?? [])].map(([other, both]) => ({ other, both, size: predicted.sizes[other] })),
  }));
  const touched = new Set(matches.flatMap(({ touching }) => touching.map(({ other }) => other)));
  const found = matches.filter(({ touching }) => touching.length > 0).length;
  return {
    found,
    missed: matches.length - found,
    invented: ownPredicted.length - touched.size,
    predicted: ownPredicted.length,
    lesionDice: matches.map(({ size, touching }) => {
      const both = touching.reduce((sum, each) => sum + each.both, 0);
      return (2 * both) / touching.reduce((sum, each) => sum + each.size, size);
    }),
    matchedIou: matches.flatMap(({ size, touching }) =>
      touching.map((each) => each.both / (size + each.size - each.both)).filter((iou) => iou > 0.5),
    ),
  };
}
