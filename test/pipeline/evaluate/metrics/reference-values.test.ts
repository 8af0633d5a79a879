import { readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluateCase } from "../../../../pipeline/evaluate/evaluate-case.ts";
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

async function scoresOf(entry: Entry, folder: string, toleranceMm: number) {
  const classes = [{ id: entry.label === ">0" ? 1 : entry.label, name: "organ" }];
  const [reference, prediction] = entry.files.map((file) => join(folder, file));
  const paths = { case: "pair", reference, prediction };
  const pair = await loadPair(paths, { classes, resample: false, missingIsEmpty: false });
  const options = { classes, metrics: ["overlap", "surface"], toleranceMm: () => toleranceMm };
  const [scores] = await evaluateCase(pair, options);
  return scores;
}

describe("evaluateCase on pairs that surface-distance and MedPy have measured", function () {
  this.timeout(60_000);

  it("returns their values for 28 classes, each under its own name", async function () {
    const folder = sharedData(this, "data/metrics");
    const entries: Record<string, Entry> = JSON.parse(readFileSync(join(folder, "reference-values.json"), "utf8"));
    for (const entry of Object.values(entries)) {
      const { prediction, reference, both, values } = await scoresOf(entry, folder, 1);
      assertClose(reference, entry.gt_vox, {});
      assertClose(prediction, entry.pred_vox, {});
      if (entry.inter_vox === undefined) {
        assertClose(values.dice, 0, {});
        assertClose(values["area-nsd"], 0, {});
        continue;
      }
      assertClose(both, entry.inter_vox, {});
      const { deepmind, medpy } = entry;
      const wider = await scoresOf(entry, folder, 2);
      for (const [found, wanted] of [
        [values.dice, deepmind.dice],
        [values["area-hd"], deepmind.hd100],
        [values["area-hd95"], deepmind.hd95],
        [values["area-asd-from-reference"], deepmind["avg_gt_to_pred,avg_pred_to_gt"][0]],
        [values["area-asd-from-prediction"], deepmind["avg_gt_to_pred,avg_pred_to_gt"][1]],
        [values["area-nsd"], deepmind.surface_dice_1mm],
        [wider.values["area-nsd"], deepmind.surface_dice_2mm],
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
  });
});
