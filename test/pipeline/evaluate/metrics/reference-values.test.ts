import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ClassScores, evaluateCase } from "../../../../pipeline/evaluate/evaluate-case.ts";
import { loadPair } from "../../../../pipeline/evaluate/load-pair.ts";
import { assertClose } from "../../../support/numbers.ts";
import { sharedData } from "../../../support/shared-data.ts";

/** One class of one pair, and what surface-distance and MedPy return for it. */
interface Entry {
  readonly files: readonly [reference: string, prediction: string];
  readonly label: number | ">0";
  readonly gt_vox: number;
  readonly pred_vox: number;
  readonly inter_vox?: number;
  readonly deepmind: Readonly<Record<string, number & readonly [number, number]>>;
  readonly medpy: Readonly<Record<string, number>>;
}

/** The spacing comes from the matrix here and from `pixdim` there, both in single precision. */
const ROUNDING = 1e-7;

/** All classes of one pair of files at one tolerance, by id. */
async function scoresOf(entries: readonly Entry[], folder: string, toleranceMm: number) {
  const classes = entries.map(({ label }) => ({ id: idOf(label), name: `${label}` }));
  const [reference, prediction] = entries[0].files.map((file) => join(folder, file));
  const pair = await loadPair(
    { case: "pair", reference, prediction },
    { classes, resample: false, missingIsEmpty: false },
  );
  const options = { classes, metrics: ["overlap", "surface"], toleranceMm: () => toleranceMm };
  return new Map((await evaluateCase(pair, options)).map((scores) => [scores.id, scores]));
}

function idOf(label: Entry["label"]): number {
  return label === ">0" ? 1 : label;
}

describe("evaluateCase on pairs that surface-distance and MedPy have measured", () => {
  it("returns their values for 28 classes, each under its own name", async function () {
    const folder = sharedData(this, "data/metrics");
    const entries: Record<string, Entry> = JSON.parse(readFileSync(join(folder, "reference-values.json"), "utf8"));
    for (const reference of new Set(Object.values(entries).map(({ files }) => files[0]))) {
      const own = Object.values(entries).filter(({ files }) => files[0] === reference);
      const narrow = await scoresOf(own, folder, 1);
      const wide = await scoresOf(own, folder, 2);
      for (const entry of own) compare(entry, narrow.get(idOf(entry.label)), wide.get(idOf(entry.label)));
    }
  });
});

function compare(entry: Entry, narrow: ClassScores | undefined, wide: ClassScores | undefined): void {
  assert.ok(narrow !== undefined && wide !== undefined, `class ${entry.label} was measured`);
  const { prediction, reference, both, values } = narrow;
  assert.deepEqual([prediction, reference], [entry.pred_vox, entry.gt_vox]);
  if (entry.inter_vox === undefined) {
    assert.deepEqual([values.dice, values["area-nsd"]], [0, 0]);
    return;
  }
  assert.equal(both, entry.inter_vox);
  const { deepmind, medpy } = entry;
  for (const [found, wanted] of [
    [values.dice, deepmind.dice],
    [values["area-hd"], deepmind.hd100],
    [values["area-hd95"], deepmind.hd95],
    [values["area-asd-from-reference"], deepmind["avg_gt_to_pred,avg_pred_to_gt"][0]],
    [values["area-asd-from-prediction"], deepmind["avg_gt_to_pred,avg_pred_to_gt"][1]],
    [values["area-nsd"], deepmind.surface_dice_1mm],
    [wide.values["area-nsd"], deepmind.surface_dice_2mm],
    [values.dice, medpy.dc],
    [values.iou, medpy.jc],
    [values.hd, medpy.hd],
    [values["hd95-pooled"], medpy.hd95],
    [values.assd, medpy.assd],
    [values["asd-from-prediction"], medpy["asd(pred->gt)"]],
    [values["relative-volume-difference"], medpy.ravd],
    [values.precision, medpy.precision],
    [values.recall, medpy.recall],
  ])
    assertClose(found, wanted, { rel: ROUNDING });
}
