import { FormatError } from "../../volume/errors.ts";
import { labelMapOf } from "../../volume/label-map.ts";
import { type LabelMap, type Volume, volumeOf } from "../../volume/volume.ts";
import type { TrainingDataset } from "./training-dataset.ts";

/** How colours are read. */
interface ColourRules {
  readonly where: string;
  readonly darkest?: number | undefined;
}

/**
 * Class ids from a picture that is painted in the colours of the classes; black is background, and what is below `darkest`
 * counts as black.
 *
 * Shape:  red, green and blue [D, H, W] each -> labels [D, H, W]
 * Errors: FormatError T_LABEL_VALUES for a colour of no class
 */
export function labelsOfColours(
  [red, green, blue]: readonly Volume[],
  { classes, darkest = 0, where }: Pick<TrainingDataset, "classes"> & ColourRules,
): LabelMap {
  const idOf = new Map([[0, 0], ...classes.map(({ id, colorRgb: [r, g, b] }) => [keyOf(r, g, b), id] as const)]);
  const labels = new Uint16Array(red.data.length);
  const bright = (value: number) => (value < darkest ? 0 : value);
  for (let i = 0; i < labels.length; i++) {
    const id = idOf.get(keyOf(bright(red.data[i]), bright(green.data[i]), bright(blue.data[i])));
    if (id === undefined) throw colourError(where, [red.data[i], green.data[i], blue.data[i]]);
    labels[i] = id;
  }
  return labelMapOf(volumeOf(labels, red, where), where);
}

/** The brightest of a picture's colours at each voxel: a mask, whatever colour it was painted in. */
export function paintedIn(channels: readonly Volume[]): LabelMap {
  const [first, ...others] = channels;
  const data = Uint16Array.from(first.data, (value, i) =>
    others.reduce((most, each) => Math.max(most, each.data[i]), value),
  );
  return volumeOf(data, first);
}

function keyOf(red: number, green: number, blue: number): number {
  return (red * 65536 + green) * 65536 + blue; // of at most 16 bits each
}

function colourError(where: string, colour: readonly number[]): FormatError {
  return new FormatError({
    code: "T_LABEL_VALUES",
    where,
    expected: "black and the colours of the classes",
    got: `the colour [${colour}]`,
    next: "List every class with its colorRgb in classes.json, and save masks without smoothing",
  });
}
