import { evaluateCase } from "../../pipeline/evaluate/evaluate-case.ts";
import { squaredDistances } from "../../pipeline/kernels/distance.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { indexToLpsFromSteps } from "../../pipeline/volume/affine.ts";
import { type LabelMap, volumeOf, voxelCountOf } from "../../pipeline/volume/volume.ts";
import { peerTimings, printLine, timed } from "./support.ts";

/** A bumpy ellipsoid of one class. */
interface Organ {
  readonly centre: Triple;
  readonly radii: Triple;
}

interface Case {
  readonly name: string;
  readonly organs: readonly Organ[];
  /** Runs of surface-distance and of MedPy, which takes most of a minute over one class. */
  readonly runs: readonly [surfaceDistance: number, medpy: number];
}

/** All metrics of one class are to be had in a fifth of the time that either package takes over a few of them. */
const FLOOR = 5;

/** A distance transform by itself, in the same thread as SciPy's. */
const TRANSFORM_FLOOR = 1;

const shape: Triple = [300, 512, 512];
const spacingMm: Triple = [1, 0.8, 0.8];
const liver: Organ = { centre: [150, 250, 260], radii: [70, 82, 84] };
const duct: Organ = { centre: [60, 120, 400], radii: [9, 8, 10] };

/** An organ of two million voxels, a structure of three thousand, and ten classes of both kinds. */
const cases: readonly Case[] = [
  { name: "organ", organs: [liver], runs: [3, 1] },
  { name: "small structure", organs: [duct], runs: [3, 1] },
  {
    name: "ten classes",
    organs: [
      liver,
      duct,
      { centre: [60, 250, 100], radii: [40, 45, 50] },
      { centre: [230, 120, 120], radii: [35, 40, 45] },
      { centre: [230, 120, 400], radii: [30, 45, 40] },
      { centre: [230, 400, 120], radii: [25, 30, 35] },
      { centre: [150, 420, 420], radii: [40, 35, 30] },
      { centre: [60, 420, 260], radii: [12, 30, 12] },
      { centre: [250, 420, 260], radii: [8, 15, 20] },
      { centre: [150, 80, 80], radii: [5, 5, 6] },
    ],
    runs: [1, 0],
  },
];

const metrics = ["overlap", "surface", "o-value", "lesions"];

const peersOf = await peerTimings("evaluate.py", [JSON.stringify({ shape, spacingMm, cases })]);
for (const { name, organs } of cases) {
  const pair = { prediction: labelsOf(organs, "moved"), reference: labelsOf(organs, "as it is") };
  const classes = organs.map((_, n) => ({ id: n + 1, name: `class ${n + 1}` }));
  const ours = await timed(() => evaluateCase(pair, { classes, metrics }), { warmUps: 2, runs: 5 });
  const megaPerSecond = voxelCountOf(shape) / 1000 / ours.medianMs;
  printLine({ bench: "evaluate", case: name, ours, peers: peersOf(name), megaPerSecond, floor: FLOOR, ...memory() });
}

const { data } = labelsOf([{ centre: [74, 87, 85], radii: [60, 60, 60] }], "as it is", [148, 175, 171]);
const grid = { shape: [148, 175, 171] as Triple, spacingMm };
const ours = await timed(() => squaredDistances((i) => data[i] === 1, grid), { warmUps: 2, runs: 5 });
const peers = peersOf("distance transform");
printLine({ bench: "evaluate", case: "distance transform", ours, peers, floor: TRANSFORM_FLOOR });

/** Label map of organs numbered from 1; the same fields as in peers/evaluate.py. */
function labelsOf(organs: readonly Organ[], place: "as it is" | "moved", on = shape): LabelMap {
  const labels = new Uint8Array(voxelCountOf(on));
  const shift = place === "moved" ? 1 : 0;
  const waves = on.map((side) => Float64Array.from({ length: side }, (_, n) => Math.sin(0.2 * n + 0.4 * shift)));
  for (const [n, { centre, radii }] of organs.entries()) {
    const [d0, h0, w0] = [centre[0] + shift, centre[1] + 2 * shift, centre[2] - shift];
    const reach = radii.map((radius) => Math.ceil(1.1 * radius));
    for (let d = d0 - reach[0]; d <= d0 + reach[0]; d++)
      for (let h = h0 - reach[1]; h <= h0 + reach[1]; h++)
        for (let w = w0 - reach[2]; w <= w0 + reach[2]; w++) {
          const square = ((d - d0) / radii[0]) ** 2 + ((h - h0) / radii[1]) ** 2 + ((w - w0) / radii[2]) ** 2;
          const bump = 0.15 * waves[0][d] * waves[1][h] * waves[2][w];
          if (square < 1 + bump) labels[(d * on[1] + h) * on[2] + w] = n + 1;
        }
  }
  const steps = { d: [0, 0, spacingMm[0]], h: [0, spacingMm[1], 0], w: [spacingMm[2], 0, 0] };
  const indexToLps = indexToLpsFromSteps(steps, { originXyz: [0, 0, 0], where: "bench" });
  return volumeOf(labels, { shape: on, indexToLps });
}

/** Largest memory of this process so far, its inputs with it. */
function memory(): { readonly peakMiB: number } {
  return { peakMiB: process.resourceUsage().maxRSS / 1024 };
}
