import { Type } from "@sinclair/typebox";
import { oneKind, oneWord, record, textUpTo } from "./schema-parts.ts";

const over = oneWord(["volume", "non-zero"], "Voxels that the statistics are taken over; all voxels are normalised.");

const normalisation = oneKind(
  [
    record({ kind: Type.Literal("none") }, "Intensities as they are stored, after the rescale."),
    record({ kind: Type.Literal("z-score"), over }, "Subtract the mean, divide by the standard deviation."),
    record({ kind: Type.Literal("min-max"), over }, "Smallest value to 0, largest to 1."),
    record(
      {
        kind: Type.Literal("percentile"),
        over,
        lower: Type.Number({ minimum: 0, maximum: 100, description: "Percentile that becomes 0." }),
        upper: Type.Number({ minimum: 0, maximum: 100, description: "Percentile that becomes 1." }),
      },
      "Clip to two percentiles, then scale to 0..1.",
    ),
    record(
      {
        kind: Type.Literal("window"),
        lower: Type.Number({ description: "Smallest intensity kept (HU in CT)." }),
        upper: Type.Number({ description: "Largest intensity kept." }),
        mean: Type.Number({ description: "Mean over the training set, subtracted after clipping." }),
        std: Type.Number({ exclusiveMinimum: 0, description: "Standard deviation over the training set." }),
      },
      "Clip to fixed bounds, then subtract a fixed mean and divide by a fixed deviation, as nnU-Net does with CT.",
    ),
  ],
  "How a channel's intensities become the network's.",
);

/** The images of one case, and how their intensities are prepared. */
export const inputSchema = record(
  {
    channels: Type.Array(
      record({ name: textUpTo(64, "Such as CT, T1 or T2."), normalisation }, "One image channel, in the order given."),
      { minItems: 1, maxItems: 16 },
    ),
  },
  "The images of one case.",
);

const letters = [
  ["S", "I"],
  ["P", "A"],
  ["L", "R"],
] as const;
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;
const orientations = orders.flatMap(([d, h, w]) =>
  letters[d].flatMap((first) => letters[h].flatMap((second) => letters[w].map((third) => `${first}${second}${third}`))),
);

/** Where the axes of the networks' input point. */
export const orientationSchema = oneWord(
  ["as-stored", ...orientations],
  "Where the axes [D, H, W] of the networks' input point: SPL is superior, posterior, left. `as-stored` turns nothing.",
);
