import { basename, join } from "node:path";
import type { LabelClass } from "../../volume/label-class.ts";
import type { DatasetFormat } from "./dataset-format.ts";
import { holdsOnly, idsIn, pairedCases } from "./named-files.ts";
import type { TrainingCase } from "./training-dataset.ts";

/** Classes in the colours that the masks are painted in. */
const classes: readonly LabelClass[] = [
  { id: 1, name: "crack", colorRgb: [255, 255, 255] },
  { id: 2, name: "spalling", colorRgb: [255, 0, 0] },
  { id: 3, name: "corrosion", colorRgb: [255, 255, 0] },
  { id: 4, name: "efflorescence", colorRgb: [0, 255, 255] },
  { id: 5, name: "vegetation", colorRgb: [0, 255, 0] },
  { id: 6, name: "control point", colorRgb: [0, 0, 255] },
];

/** Its authors take a red, green or blue below this for none. */
const DARKEST = 200;

/**
 * S2DS: 743 photographs of concrete with structural defects, `train/`, `val/` and `test/` with `000.png` and its colour mask
 * `000_lab.png` each. Train and val are both trained on, by folds.
 *
 * Source: Benz 2022, doi:10.1007/978-3-031-16788-1_21; ben-z-original/s2ds; colours of ben-z-original/detectionhma,
 *         inference.py, lab2class, which leaves a colour of no class to the background where this refuses it
 */
export const s2ds: DatasetFormat = {
  name: "S2DS",
  recognises: async (path) => {
    const training = join(path, "train");
    return (await holdsOnly(training, FILE)) && (await idsIn(training, MASK)).size > 0;
  },
  read: async (path) => ({
    name: basename(path),
    path,
    channels: ["red", "green", "blue"].map((name) => ({ name })),
    classes,
    license: "Not to be shared or distributed",
    reference: "doi:10.1007/978-3-031-16788-1_21",
    training: [...(await picturesIn(join(path, "train"))), ...(await picturesIn(join(path, "val")))],
    testing: await picturesIn(join(path, "test")),
  }),
};

const FILE = /^\d+(_lab)?\.png$/;
const IMAGE = /^(\d+)\.png$/;
const MASK = /^(\d+)_lab\.png$/;

async function picturesIn(folder: string): Promise<readonly TrainingCase[]> {
  const part = basename(folder);
  const found = pairedCases(
    { images: await idsIn(folder, IMAGE), labels: await idsIn(folder, MASK) },
    {
      imageOf: (id) => join(folder, `${id}.png`),
      labelsOf: (id) => ({
        kind: "label-map",
        path: join(folder, `${id}_lab.png`),
        values: { kind: "colours", darkest: DARKEST },
      }),
    },
  );
  // Each part counts its pictures from 0.
  return found.map((each) => ({ ...each, id: `${part}_${each.id}` }));
}
