import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { groupedBy } from "../../pipeline/evaluate/statistics/grouped.ts";
import { runCli } from "../support/cli.ts";
import { assertClose } from "../support/numbers.ts";
import { sharedData } from "../support/shared-data.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

type Values = Readonly<Record<string, number | readonly number[]>>;

interface ReferencePair {
  readonly label: number | string;
  readonly gt_vox: number;
  readonly pred_vox: number;
  readonly files: readonly [reference: string, prediction: string];
  readonly deepmind?: Values;
  readonly medpy?: Values;
}

/** What surface-distance and MedPy call what rarevox measures. */
const names = {
  deepmind: { dice: "dice", hd100: "area-hd", hd95: "area-hd95", surface_dice_1mm: "area-nsd" },
  medpy: {
    dc: "dice",
    jc: "iou",
    hd: "hd",
    hd95: "hd95-pooled",
    assd: "assd",
    "asd(pred->gt)": "asd-from-prediction",
    ravd: "relative-volume-difference",
    precision: "precision",
    recall: "recall",
  },
} as const;

/** Both packages were given spacings rounded from the header; ours come from its matrix. */
const SPACING_ROUNDING = 1e-4;

/** The classes of one case, as `summary.json` has them, by label. */
async function measured(files: readonly [string, string], tolerance: string) {
  const out = join(temporaryFolder(), "out");
  const [reference, prediction] = files;
  const flags = ["--metrics", "overlap,surface", "--tolerance", tolerance, "--json", "--resamples", "10"];
  const { code, stdout, stderr } = await runCli(["evaluate", prediction, reference, "--out", out, ...flags]);
  assert.equal(code, 0, stderr);
  const { cases, presence } = JSON.parse(stdout).methods[0];
  type ClassRecord = {
    label: string;
    predictionVoxels: number;
    referenceVoxels: number;
    values: Record<string, number>;
  };
  const classes: readonly ClassRecord[] = cases[0].classes;
  return { presence, classOf: new Map(classes.map((each) => [each.label, each])) };
}

describe("rarevox evaluate on pairs with other packages' values", function () {
  this.timeout(60_000);

  it("gives what surface-distance and MedPy give, under their names @slow", async function () {
    const folder = sharedData(this, "data/metrics");
    const pairs: readonly ReferencePair[] = Object.values(
      JSON.parse(readFileSync(join(folder, "reference-values.json"), "utf8")),
    );
    const byFiles = groupedBy(pairs, ({ files }) => files.join());
    for (const own of byFiles.values()) {
      const files = own[0].files.map((file) => join(folder, file)) as [string, string];
      const [one, two] = [await measured(files, "1"), await measured(files, "2")];
      for (const { label, gt_vox, pred_vox, deepmind, medpy } of own) {
        const name = `label ${label === ">0" ? 1 : label}`;
        const found = one.classOf.get(name);
        assert.ok(found !== undefined, name);
        assert.deepEqual([found.referenceVoxels, found.predictionVoxels], [gt_vox, pred_vox]);
        if (deepmind === undefined || medpy === undefined || pred_vox === 0) continue;
        const same = (key: string, expected: number | readonly number[]) =>
          assertClose(found.values[key], Number(expected), { rel: SPACING_ROUNDING, abs: 1e-9 });
        for (const [theirs, ours] of Object.entries(names.deepmind)) same(ours, deepmind[theirs]);
        for (const [theirs, ours] of Object.entries(names.medpy)) same(ours, medpy[theirs]);
        const [fromReference, fromPrediction] = deepmind["avg_gt_to_pred,avg_pred_to_gt"] as readonly number[];
        same("area-asd-from-reference", fromReference);
        same("area-asd-from-prediction", fromPrediction);
        const wide = two.classOf.get(name)?.values["area-nsd"] ?? Number.NaN;
        assertClose(wide, Number(deepmind.surface_dice_2mm), { rel: SPACING_ROUNDING });
      }
    }
  });

  it("counts a label that one side lacks as missed, with a Dice of 0 and no distance @slow", async function () {
    const folder = sharedData(this, "data/metrics/pairs");
    const files = ["totalseg-reference", "totalseg-prediction"].map((name) => join(folder, `${name}.nii.gz`));
    const { classOf, presence } = await measured(files as [string, string], "1");
    const lost = classOf.get("label 13");
    assert.deepEqual([lost?.values.dice, lost?.values.hd95, lost?.referenceVoxels], [0, null, 1]);
    const row = presence.find(({ label }: { label: string }) => label === "label 13");
    assert.deepEqual([row.inReferenceOnly, row.inBoth], [1, 0]);
  });
});
