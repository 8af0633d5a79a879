import { strict as assert } from "node:assert";
import { type ClassScores, evaluateCase } from "../../../pipeline/evaluate/evaluate-case.ts";
import { labelRunsOf } from "../../../pipeline/evaluate/label-runs.ts";
import { maskPairOf } from "../../../pipeline/evaluate/mask-pair.ts";
import { metricNames } from "../../../pipeline/evaluate/metrics/index.ts";
import { surfaceDistances } from "../../../pipeline/evaluate/surface/surface-distances.ts";
import { indexToLpsOf, type Triple } from "../../../pipeline/volume/affine.ts";
import { type Grid, type LabelMap, volumeOf, voxelCountOf } from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { assertClose } from "../../support/numbers.ts";

const shape: Triple = [7, 9, 11];
const grid = straightGrid(shape, [3, 2, 1]);
const organ = [{ id: 1, name: "organ" }];

/** Balls of the given classes, later ones on top. */
function balls(
  on: Grid,
  placed: readonly { readonly id: number; readonly centre: Triple; readonly radius: number }[],
  kind: new (length: number) => Uint8Array | Uint16Array = Uint8Array,
): LabelMap {
  const data = new kind(voxelCountOf(on.shape));
  const [, height, width] = on.shape;
  for (let i = 0; i < data.length; i++) {
    const place = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    for (const { id, centre, radius } of placed)
      if (Math.hypot(...place.map((at, axis) => at - centre[axis])) <= radius) data[i] = id;
  }
  return volumeOf(data, on) as LabelMap;
}

const prediction = balls(grid, [{ id: 1, centre: [3, 4, 5], radius: 2.5 }]);
const reference = balls(grid, [{ id: 1, centre: [3, 5, 4], radius: 3 }]);

function assertSameScores(found: readonly ClassScores[], wanted: readonly ClassScores[]): void {
  assert.equal(found.length, wanted.length);
  for (const [n, { values, ...counts }] of wanted.entries()) {
    const { values: foundValues, ...foundCounts } = found[n];
    assert.deepEqual({ ...foundCounts, id: 0, name: "" }, { ...counts, id: 0, name: "" });
    for (const [metric, value] of Object.entries(values))
      if (Number.isNaN(value)) assert.equal(foundValues[metric], Number.NaN, metric);
      else assertClose(foundValues[metric], value, { rel: 1e-9, abs: 1e-12 });
  }
}

describe("evaluateCase", () => {
  const all = { classes: organ, metrics: metricNames };

  it("gives the same for grids that lie obliquely or run the other way: only the spacing matters", async () => {
    const expected = await evaluateCase({ prediction, reference }, all);
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
    for (const rows of [
      // Columns of 3, 2 and 1 mm: turned by 0.3 about x, then all directions negative.
      [0, 0, 1, 9, -3 * s, 2 * c, 0, 8, 3 * c, 2 * s, 0, 7, 0, 0, 0, 1],
      [0, 0, -1, 9, 0, -2, 0, 8, -3, 0, 0, 7, 0, 0, 0, 1],
    ]) {
      const indexToLps = indexToLpsOf(rows, "test");
      const found = await evaluateCase(
        { prediction: { ...prediction, indexToLps }, reference: { ...reference, indexToLps } },
        all,
      );
      assertSameScores(found, expected);
    }
  });

  it("gives the same for 16-bit labels, ids above 255, and a mix of both kinds", async () => {
    const expected = await evaluateCase({ prediction, reference }, all);
    const wide = (map: LabelMap, id: number) =>
      volumeOf(
        Uint16Array.from(map.data, (value) => value * id),
        grid,
      );
    const large = { prediction: wide(prediction, 300), reference: wide(reference, 300) };
    assertSameScores(await evaluateCase(large, { ...all, classes: [{ id: 300, name: "organ" }] }), expected);
    assertSameScores(await evaluateCase({ prediction, reference: wide(reference, 1) }, all), expected);
  });

  it("gives each of ten classes what it has alone, in the order asked for", async () => {
    const placed = Array.from({ length: 10 }, (_, n) => ({
      id: n + 1,
      centre: [n % 5, n % 7, (3 * n) % 11] as unknown as Triple,
      radius: 1 + (n % 3),
    }));
    const many = { prediction: balls(grid, placed), reference: balls(grid, [...placed].reverse()) };
    const classes = placed.map(({ id }) => ({ id, name: `organ ${id}` })).reverse();
    const found = await evaluateCase(many, { classes, metrics: metricNames });
    assert.deepEqual(
      found.map(({ id, name }) => ({ id, name })),
      classes,
    );
    for (const [n, each] of classes.entries()) {
      const only = (map: LabelMap) =>
        volumeOf(
          map.data.map((id) => (id === each.id ? 1 : 0)),
          grid,
        ) as LabelMap;
      const alone = { prediction: only(many.prediction), reference: only(many.reference) };
      assertSameScores([found[n]], await evaluateCase(alone, all));
    }
  });

  it("counts no voxel that the reference ignores, in counts, surfaces and calibration", async () => {
    const ignored = (map: LabelMap, id: number) => {
      const data = map.data.slice();
      for (let i = 0; i < 3 * 9 * 11; i++) data[i] = id;
      return volumeOf(data, grid) as LabelMap;
    };
    const marked = { prediction, reference: ignored(reference, 255) };
    const probabilities = () => Float32Array.from(prediction.data, (id) => 0.9 * id);
    const found = await evaluateCase({ ...marked, probabilities }, { ...all, ignoreLabel: 255 });
    const without = { prediction: ignored(prediction, 0), reference: ignored(reference, 0) };
    const { ece, brier, specificity, ...others } = found[0].values;
    const [cut] = await evaluateCase(without, all);
    for (const metric of ["dice", "iou", "hd95", "area-nsd", "lesion-dice", "volume-difference"])
      assert.equal(others[metric], cut.values[metric], metric);
    const rest = { start: 3 * 9 * 11, voxels: 4 * 9 * 11 };
    const pairs = Array.from({ length: rest.voxels }, (_, n) => [
      prediction.data[rest.start + n],
      reference.data[rest.start + n],
    ]);
    const share = (isIn: (pair: readonly number[]) => boolean) => pairs.filter(isIn).length;
    assertClose(specificity, share(([p, r]) => p + r === 0) / share(([, r]) => r === 0), { rel: 1e-14 });
    const squares = pairs.reduce((sum, [p, r]) => sum + (0.9 * p - r) ** 2, 0);
    assertClose(brier, squares / rest.voxels, { rel: 1e-6 });
    const gap = Math.abs(share(([p]) => p === 1) * 0.9 - share(([p, r]) => p === 1 && r === 1));
    assertClose(ece, (gap + share(([p, r]) => p === 0 && r === 1)) / rest.voxels, { rel: 1e-6 });
  });

  it("measures a large class in threads as it would here", async function () {
    this.timeout(20_000);
    const spacingMm: Triple = [1.5, 1, 0.75];
    const large = straightGrid([101, 113, 127], spacingMm);
    const pair = {
      prediction: balls(large, [{ id: 1, centre: [50, 55, 60], radius: 44 }]),
      reference: balls(large, [
        { id: 1, centre: [52, 57, 62], radius: 44 },
        { id: 1, centre: [3, 3, 3], radius: 2 },
        { id: 1, centre: [97, 109, 122], radius: 2 },
      ]),
    };
    const [{ values }] = await evaluateCase(pair, { classes: organ, metrics: ["hd", "assd", "area-hd", "area-nsd"] });
    const runs = {
      prediction: labelRunsOf(pair.prediction.data, large.shape),
      reference: labelRunsOf(pair.reference.data, large.shape),
      shape: large.shape,
    };
    const masks = maskPairOf(runs, { classId: 1, spacingMm });
    const { fromReference } = surfaceDistances(masks, "voxels");
    // The ball in the corner: from its voxel at [3, 3, 1] to the large one's surface.
    assert.equal(values.hd, fromReference.distances[fromReference.distances.length - 1]);
    assert.ok(values.hd > 40 && values["area-nsd"] > 0 && values["area-nsd"] < 1);
  });

  it("says what is wrong: other grids, unknown metrics, a tolerance below 0, too few probabilities, a side too long", async () => {
    const moved = { ...prediction, indexToLps: straightGrid(shape, [3, 2, 1.5]).indexToLps };
    await assert.rejects(evaluateCase({ prediction: moved, reference }, all), { name: "GeometryError" });
    await assert.rejects(evaluateCase({ prediction, reference }, { classes: organ, metrics: ["dise"] }), {
      name: "ConfigError",
      message: /^metrics: expected metrics of all, overlap, .*, got dise\. Choose from the list\.$/,
    });
    await assert.rejects(evaluateCase({ prediction, reference }, { ...all, toleranceMm: () => -1 }), {
      name: "ConfigError",
      message:
        "tolerance of organ: expected a distance of 0 mm or more, got -1. " +
        "State how many mm of distance between surfaces do not count.",
    });
    const probabilities = () => new Float32Array(7);
    await assert.rejects(evaluateCase({ prediction, reference, probabilities }, all), {
      name: "ShapeError",
      message:
        "probabilities: expected 693 voxels, as the reference has, got 7. Pass probabilities on the reference's grid.",
    });
    const long = balls(straightGrid([1, 1, 65530], [1, 1, 1]), [{ id: 1, centre: [0, 0, 0], radius: 1 }]);
    await assert.rejects(evaluateCase({ prediction: long, reference: long }, all), {
      name: "ShapeError",
      message: "label maps: expected sides below 65519 voxels, got [1,1,65530]. Cut or resample the label maps.",
    });
    const [{ values }] = await evaluateCase(
      { prediction: long, reference: long },
      { classes: organ, metrics: ["dice", "lesion-f1"] },
    );
    assert.deepEqual(values, { dice: 1, "lesion-f1": 1 });
  });

  it("ends with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(evaluateCase({ prediction, reference }, { ...all, signal }), /enough/);
    const controller = new AbortController();
    const large = straightGrid([101, 113, 127], [1, 1, 1]);
    const ball = balls(large, [{ id: 1, centre: [50, 55, 60], radius: 44 }]);
    const measuring = evaluateCase({ prediction: ball, reference: ball }, { ...all, signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(measuring, /enough/);
  });
});
