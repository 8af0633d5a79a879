import { strict as assert } from "node:assert";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LoadPairOptions, loadPair } from "../../../pipeline/evaluate/load-pair.ts";
import { spacingMmOf } from "../../../pipeline/volume/affine.ts";
import type { Grid, LabelMap } from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { niftiLabels } from "../../support/dataset-files.ts";
import { labelsAt, writeLabels } from "../../support/label-files.ts";
import { gutClasses, obliqueGrid } from "../../support/phantom-series.ts";
import { pngFile } from "../../support/picture-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const options: LoadPairOptions = {
  classes: [
    { id: 1, name: "liver" },
    { id: 2, name: "spleen" },
  ],
  resample: false,
  missingIsEmpty: false,
};
const one = { ...options, classes: [{ id: 1, name: "lesion" }] };
const gut = { ...options, classes: gutClasses.map(({ name }, n) => ({ id: 20 + n, name: name.toUpperCase() })) };

const straight = straightGrid([3, 5, 7], [3, 2, 1]);
const oblique = obliqueGrid([7, 5, 9], { spacingMm: [3, 2, 1], angles: [0.3, -0.2, 0.1], originXyz: [-12, 33, -101] });

/** The labels that are not background, by flat index. */
function idsIn({ data }: LabelMap): Record<number, number> {
  return Object.fromEntries([...data.entries()].filter(([, id]) => id !== 0));
}

/** Loads what two functions write. */
async function loaded(
  write: (prediction: string, reference: string) => Promise<unknown>,
  chosen: LoadPairOptions = options,
  [predictionName, referenceName] = ["prediction.nii.gz", "reference.nii.gz"],
) {
  const folder = temporaryFolder();
  const paths = { case: "a", prediction: join(folder, predictionName), reference: join(folder, referenceName) };
  await write(paths.prediction, paths.reference);
  return loadPair(paths, chosen);
}

const codesOf = (warnings: readonly { readonly code: string }[]) => warnings.map(({ code }) => code);

describe("loadPair", () => {
  it("reads both maps, their hashes and where the prediction lies", async () => {
    const pair = await loaded(async (prediction, reference) => {
      await writeLabels(prediction, labelsAt(oblique, { 3: 1, 50: 2 }));
      await writeLabels(reference, labelsAt(oblique, { 3: 1, 51: 2 }));
    });
    assert.deepEqual(
      [idsIn(pair.prediction), idsIn(pair.reference)],
      [
        { 3: 1, 50: 2 },
        { 3: 1, 51: 2 },
      ],
    );
    assert.match(pair.inputs.prediction[0].sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(pair.predictionGrid?.shape, [7, 5, 9]);
    assert.deepEqual([pair.wasResampled, pair.warnings], [false, []]);
  });

  it("turns a prediction whose axes run the other way", async () => {
    // The same voxels with the W axis pointing right: index w becomes 6 - w.
    const rows = [...straight.indexToLps.rows];
    [rows[2], rows[3]] = [-rows[2], rows[3] + 6 * rows[2]];
    const turned: Grid = { shape: straight.shape, indexToLps: { ...straight.indexToLps, rows } };
    const pair = await loaded(async (prediction, reference) => {
      await writeLabels(prediction, labelsAt(turned, { 5: 1 }));
      await writeLabels(reference, labelsAt(straight, { 1: 1 }));
    });
    assert.deepEqual(idsIn(pair.prediction), { 1: 1 });
    assert.deepEqual(pair.predictionGrid?.indexToLps.rows[2], -1);
  });

  it("refuses grids that differ by shape, spacing or place, and says both", async () => {
    const others = [
      straightGrid([3, 5, 8], [3, 2, 1]),
      straightGrid([3, 5, 7], [3, 2, 1.2]),
      { ...straight, indexToLps: { ...straight.indexToLps, rows: straight.indexToLps.rows.with(3, 10.5) } },
    ];
    for (const other of others)
      await assert.rejects(
        loaded(async (prediction, reference) => {
          await writeLabels(prediction, labelsAt(other, { 5: 1 }));
          await writeLabels(reference, labelsAt(straight, { 5: 1 }));
        }),
        /prediction\.nii\.gz: expected the reference's grid, \[3,5,7\] voxels of 3 x 2 x 1 mm at 10,-20,30, got \[3,5,[78]\] voxels of .*--resample/,
      );
  });

  it("resamples when told to: twice as many voxels along W become the halves' majority", async () => {
    const fine = straightGrid([3, 5, 14], [3, 2, 0.5]);
    const shifted = { ...fine, indexToLps: { ...fine.indexToLps, rows: fine.indexToLps.rows.with(3, 10 - 0.25) } };
    const pair = await loaded(
      async (prediction, reference) => {
        await writeLabels(prediction, labelsAt(shifted, { 4: 2, 5: 2 }));
        await writeLabels(reference, labelsAt(straight, { 2: 2 }));
      },
      { ...options, resample: true },
    );
    assert.deepEqual(idsIn(pair.prediction), { 2: 2 });
    assert.ok(pair.wasResampled);
  });

  it("refuses a case without a prediction, or counts it as empty", async () => {
    const reference = await writeLabels(join(temporaryFolder(), "a.nii"), labelsAt(straight, { 5: 1 }));
    await assert.rejects(
      loadPair({ case: "a", reference }, options),
      /a: expected a prediction of the same name, got none/,
    );
    const pair = await loadPair({ case: "a", reference }, { ...options, missingIsEmpty: true });
    assert.deepEqual([idsIn(pair.prediction), pair.prediction.shape], [{}, [3, 5, 7]]);
    assert.deepEqual([pair.predictionGrid, pair.inputs.prediction], [undefined, []]);
  });

  it("says when both are the same file, and which labels nobody asked for", async () => {
    const pair = await loaded(async (prediction, reference) => {
      await writeLabels(reference, labelsAt(straight, { 5: 1, 6: 2, 7: 9, 8: 255 }));
      copyFileSync(reference, prediction);
    });
    assert.deepEqual(codesOf(pair.warnings), ["W_UNKNOWN_LABEL", "W_UNKNOWN_LABEL", "W_SAME_FILE"]);
    assert.match(pair.warnings[0].text, /not scored: 9, 255/);
  });

  it("takes a mask of 255 for the only class, but not beside other labels, nor the label to ignore", async () => {
    const write = (ids: Record<number, number>) => async (prediction: string, reference: string) => {
      await writeLabels(prediction, labelsAt(straight, ids));
      await writeLabels(reference, labelsAt(straight, { 5: 1 }));
    };
    const mask = await loaded(write({ 5: 255 }), one);
    assert.deepEqual([idsIn(mask.prediction), codesOf(mask.warnings)], [{ 5: 1 }, ["W_MASK_VALUE"]]);
    const labels = await loaded(write({ 5: 1, 6: 255 }), one);
    assert.deepEqual([idsIn(labels.prediction), codesOf(labels.warnings)], [{ 5: 1, 6: 255 }, ["W_UNKNOWN_LABEL"]]);
    const ignored = await loaded(write({ 5: 255 }), { ...one, ignoreLabel: 255 });
    assert.deepEqual([idsIn(ignored.prediction), ignored.warnings], [{ 5: 255 }, []]);
  });

  it("gives a picture the reference's pixel size", async () => {
    const samples = Uint8Array.of(0, 1, 0, 0, 0, 2);
    const png = { width: 3, height: 2, colorType: 0, samples } as const;
    const pair = await loaded(
      async (prediction, reference) => {
        writeFileSync(prediction, pngFile(png));
        writeFileSync(reference, pngFile({ ...png, pixelsPerMetre: [2000, 4000] }));
      },
      options,
      ["a.png", "b.png"],
    );
    assert.deepEqual([spacingMmOf(pair.prediction.indexToLps), pair.warnings], [[1, 0.25, 0.5], []]);
    assert.deepEqual(idsIn(pair.prediction), { 1: 1, 5: 2 });
  });

  it("refuses labels that were resampled as intensities", async () => {
    const half = niftiLabels({ 1: 3 }, { slope: 0.5 });
    await assert.rejects(
      loaded(
        async (prediction, reference) => {
          writeFileSync(prediction, half);
          await writeLabels(reference, labelsAt(straight, {}));
        },
        options,
        ["a.nii", "b.nii"],
      ),
      /expected whole class ids of 0 to 65535, got 1\.5/,
    );
  });

  it("finds a DICOM SEG's classes by name, however they are written and numbered", async () => {
    const pair = await loaded(
      async (prediction, reference) => {
        await writeLabels(prediction, labelsAt(oblique, { 5: 1, 200: 3 }), gutClasses);
        await writeLabels(reference, labelsAt(oblique, { 5: 20, 200: 22 }));
      },
      gut,
      ["prediction.seg.dcm", "reference.nii.gz"],
    );
    assert.deepEqual(idsIn(pair.prediction), idsIn(pair.reference));
    assert.deepEqual(pair.reference.shape, [7, 5, 9]);
    assert.deepEqual(pair.warnings, []);
  });

  it("counts segments that no class is named after as background, and says so", async () => {
    const pair = await loaded(
      async (prediction, reference) => {
        await writeLabels(prediction, labelsAt(oblique, { 5: 1, 200: 3 }), gutClasses);
        await writeLabels(reference, labelsAt(oblique, { 5: 4 }));
      },
      { ...options, classes: [{ id: 4, name: "Stomach" }] },
      ["prediction.seg.dcm", "reference.nii.gz"],
    );
    assert.deepEqual(idsIn(pair.prediction), { 5: 4 });
    assert.deepEqual(codesOf(pair.warnings), ["W_STRANGERS"]);
  });

  it("takes a DICOM SEG's numbers where it shares no name, and says so", async () => {
    const pair = await loaded(
      async (prediction, reference) => {
        await writeLabels(prediction, labelsAt(oblique, { 5: 1 }), gutClasses);
        await writeLabels(reference, labelsAt(oblique, { 5: 1 }));
      },
      options,
      ["prediction.seg.dcm", "reference.nii.gz"],
    );
    assert.deepEqual([idsIn(pair.prediction), codesOf(pair.warnings)], [{ 5: 1 }, ["W_NUMBERS"]]);
  });

  it("puts two DICOM SEGs that leave out different slices on a grid around both", async () => {
    const [first, second] = [labelsAt(oblique, { 45: 1, 90: 1 }), labelsAt(oblique, { 90: 1, 180: 3 })];
    const pair = await loaded(
      async (prediction, reference) => {
        await writeLabels(prediction, first, gutClasses);
        await writeLabels(reference, second, gutClasses);
      },
      gut,
      ["prediction.seg.dcm", "reference.seg.dcm"],
    );
    // Slices 1 to 4 of 45 pixels each are left of the seven.
    assert.deepEqual(pair.reference.shape, [4, 5, 9]);
    assert.deepEqual(idsIn(pair.prediction), { 0: 20, 45: 20 });
    assert.deepEqual(idsIn(pair.reference), { 45: 20, 135: 22 });
  });

  it("refuses a DICOM SEG that reaches out of the reference's field, or lies between its voxels", async () => {
    for (const rows of [oblique.indexToLps.rows.with(3, -11.7), oblique.indexToLps.rows.with(11, -80)])
      await assert.rejects(
        loaded(
          async (prediction, reference) => {
            await writeLabels(prediction, labelsAt(oblique, { 5: 1, 300: 1 }), gutClasses);
            await writeLabels(
              reference,
              labelsAt({ ...oblique, indexToLps: { ...oblique.indexToLps, rows } }, { 5: 20 }),
            );
          },
          gut,
          ["prediction.seg.dcm", "reference.nii.gz"],
        ),
        /expected the reference's grid/,
      );
  });
});
