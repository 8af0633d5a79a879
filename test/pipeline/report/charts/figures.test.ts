import { strict as assert } from "node:assert";
import { encodePicture } from "../../../../pipeline/io/png-picture.ts";
import { analyseDataset } from "../../../../pipeline/report/analysis/analyse-dataset.ts";
import type { BenchmarkResults } from "../../../../pipeline/report/benchmark-results.ts";
import { confusionMap } from "../../../../pipeline/report/charts/confusion-map.ts";
import { costScatter } from "../../../../pipeline/report/charts/cost-scatter.ts";
import { exampleSlices } from "../../../../pipeline/report/charts/example-slices.ts";
import { figuresOf } from "../../../../pipeline/report/charts/index.ts";
import { rankBlobs } from "../../../../pipeline/report/charts/rank-blobs.ts";
import { rareCurves } from "../../../../pipeline/report/charts/rare-curves.ts";
import { scoreBoxes } from "../../../../pipeline/report/charts/score-boxes.ts";
import { drawChart } from "../../../../pipeline/report/draw-chart.ts";
import { reportedDatasets } from "../../../../pipeline/report/reported-dataset.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { chartRows } from "../../../support/chart-rows.ts";
import { madeUpResults } from "../../../support/made-up-results.ts";
import { classOf, scoresOf, smallResults } from "../../../support/small-results.ts";

const dice = { key: "dice", title: "Dice", isShare: true };
const cell = { dataset: "set", method: "base", fold: 0, seed: 0 };

describe("scoreBoxes", () => {
  it("draws a box and a point for each case that has a value, in the rows of the method", () => {
    const figure = scoreBoxes(datasetOf({ scores: scoresOf("base", [0.25, 0.5, Number.NaN, 0.75]) }), dice);
    const [rows] = chartRows(figure?.chart ?? raise());
    const box = { count: 3, q1: 0.375, median: 0.5, q3: 0.625, mean: 0.5, low: 0.25, high: 0.75 };
    assert.deepEqual(rows[0], { method: "base", kind: "box", ...box });
    assert.deepEqual(
      rows.slice(1).map(({ method, kind, case: name, value }) => ({ method, kind, name, value })),
      [
        { method: "base", kind: "case", name: "c1", value: 0.25 },
        { method: "base", kind: "case", name: "c2", value: 0.5 },
        { method: "base", kind: "case", name: "c4", value: 0.75 },
      ],
    );
    assert.match(figure?.caption ?? "", /Dice of held-out cases, 3 per row/);
  });

  it("spreads a case's points the same way in every method", () => {
    const scores = [...scoresOf("base", [0.2, 0.4]), ...scoresOf("other", [0.6, 0.8])];
    const [rows] = chartRows(scoreBoxes(datasetOf({ scores }), dice)?.chart ?? raise());
    const jitters = rows.flatMap(({ kind, jitter }) => (kind === "case" ? [Number(jitter)] : []));
    assert.deepEqual(jitters.slice(0, 2), jitters.slice(2));
    assert.ok(jitters.every((jitter) => jitter >= -1 && jitter <= 1));
  });

  it("is nothing where no case has a value", () => {
    assert.equal(scoreBoxes(datasetOf({ scores: scoresOf("base", [Number.NaN]) }), dice), undefined);
    assert.equal(scoreBoxes(datasetOf({}), dice), undefined);
  });
});

describe("rareCurves", () => {
  const point = (seed: number, step: number, value: number, label = "organ") => {
    return { ...cell, seed, step, seconds: step, label, dice: value };
  };

  it("draws every run, and the mean of those that have a value at a step", () => {
    const curves = [point(0, 10, 0.25), point(1, 10, 0.75), point(0, 20, 0.5), point(1, 20, Number.NaN)];
    const figure = rareCurves(datasetOf({ scores: scoresOf("base", [0.5]), curves }));
    const rows = chartRows(figure?.chart ?? raise())[0].map(({ kind, run, step, dice: value }) => [
      kind,
      run,
      step,
      value,
    ]);
    assert.deepEqual(rows, [
      ["run", "fold 0, seed 0", 10, 0.25],
      ["run", "fold 0, seed 1", 10, 0.75],
      ["run", "fold 0, seed 0", 20, 0.5],
      ["mean", "mean", 10, 0.5],
      ["mean", "mean", 20, 0.5],
    ]);
    assert.match(figure?.caption ?? "", /one for each fold and seed \(2 per method\)/);
  });

  it("marks the points of a run that was validated once, where there is no line", async () => {
    const curves = [point(0, 30, 0.25)];
    const { chart } = rareCurves(datasetOf({ scores: scoresOf("base", [0.5]), curves })) ?? raise();
    // One for the run, one for the mean.
    assert.equal((await drawChart(chart)).match(/<path transform="translate\(190,127.5\)"/g)?.length, 2);
  });

  it("shows the three rarest classes, the rarest last", () => {
    const classes = [classOf("a", 1e-4), classOf("b", 0.1), classOf("c", 0.01), classOf("d", 0.001)];
    const curves = classes.map(({ name }) => point(0, 10, 0.5, name));
    const figure = rareCurves(datasetOf({ scores: scoresOf("base", [0.5]), classes, curves }));
    assert.deepEqual(
      chartRows(figure?.chart ?? raise()).map((rows) => rows[0].label),
      ["c", "d", "a"],
    );
  });

  it("is nothing where nothing was validated", () => {
    assert.equal(rareCurves(datasetOf({ scores: scoresOf("base", [0.5]) })), undefined);
  });
});

describe("confusionMap", () => {
  it("gives shares of the reference's voxels, and none for a class that no case has", () => {
    const voxels = [
      [999_990, 10, 0],
      [25, 75, 0],
      [0, 0, 0],
    ];
    const labels = ["background", "organ", "absent"];
    const confusions = [{ dataset: "set", method: "base", labels, voxels }];
    const figure = confusionMap(datasetOf({ scores: scoresOf("base", [0.5]), confusions }), { cases: 2 });
    assert.deepEqual(
      chartRows(figure?.chart ?? raise())[0].map(({ reference, predicted, share, text }) => [
        reference,
        predicted,
        share,
        text,
      ]),
      [
        ["background", "background", 0.99999, ">99.9"],
        ["background", "organ", 0.00001, ".001"],
        ["background", "absent", 0, ""],
        ["organ", "background", 0.25, "25"],
        ["organ", "organ", 0.75, "75"],
        ["organ", "absent", 0, ""],
        ...labels.map((predicted) => ["absent", predicted, Number.NaN, ""]),
      ],
    );
  });

  it("is nothing where nothing was counted", () => {
    assert.equal(confusionMap(datasetOf({ scores: scoresOf("base", [0.5]) }), { cases: 1 }), undefined);
  });
});

describe("rankBlobs", () => {
  it("draws how often a method has each place, and where it is in the middle", () => {
    const methods = ["base", "other"].map((key) => ({ key, network: key, training: "plain" }));
    const ranked = (method: string, rank: number, placeShares: readonly number[]) => ({
      ...{ method, rank, value: 0.5, placeShares, firstShare: placeShares[0] },
      resampledRank: { ...spread, median: rank },
    });
    const ranking = { methods: [ranked("other", 1, [0.9, 0.1]), ranked("base", 2, [0.1, 0.9])], kendallTau: spread };
    const figure = rankBlobs(datasetOf({ methods }), { ranking, metric: "Dice", cases: 5, resamples: 100 });
    const [blobs, medians] = chartRows(figure.chart);
    assert.deepEqual(blobs, [
      { method: "other", place: 1, share: 0.9 },
      { method: "other", place: 2, share: 0.1 },
      { method: "base", place: 1, share: 0.1 },
      { method: "base", place: 2, share: 0.9 },
    ]);
    assert.deepEqual(medians, [
      { method: "other", place: 1 },
      { method: "base", place: 2 },
    ]);
    assert.match(figure.caption, /100 bootstrap resamples of the patients \(5 held-out cases\)/);
  });
});

describe("costScatter", () => {
  const cost = { method: "base", score: 0.5, low: 0.4, high: 0.6, trainingMinutes: 30, parameterMillions: 2 };

  it("leaves out of a panel what was not measured, and an empty panel", () => {
    const costs = [cost, { ...cost, method: "other", trainingMinutes: Number.NaN }];
    const both = costScatter(datasetOf({}), { costs, metric: "Dice", cases: 5 });
    assert.deepEqual(
      chartRows(both?.chart ?? raise()).map((rows) => rows.map(({ method }) => method)),
      [["base"], ["base", "other"]],
    );
    const one = costScatter(datasetOf({}), {
      costs: [{ ...cost, parameterMillions: Number.NaN }],
      metric: "Dice",
      cases: 5,
    });
    assert.equal(chartRows(one?.chart ?? raise()).length, 1);
  });

  it("is nothing where no method has both a score and a cost", () => {
    assert.equal(
      costScatter(datasetOf({}), { costs: [{ ...cost, score: Number.NaN }], metric: "Dice", cases: 5 }),
      undefined,
    );
  });
});

describe("exampleSlices", () => {
  it("shows the slice of each rank, an empty panel where one is missing, all as high as the highest", async () => {
    const drawn = async (width: number, height: number) => {
      const rgb = new Uint8Array(3 * width * height);
      return new Uint8Array(await encodePicture({ width, height, rgb, texts: [] }));
    };
    const slice = { dataset: "set", method: "base", case: "c1", dice: 0.5 };
    const [best, worst] = [await drawn(6, 3), await drawn(4, 3)];
    const slices = [
      { ...slice, rank: "worst" as const, png: worst },
      { ...slice, rank: "best" as const, png: best },
    ];
    const { chart } = exampleSlices(datasetOf({ scores: scoresOf("base", [0.5]), slices })) ?? raise();
    const urlOf = (png: Uint8Array) => `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
    assert.deepEqual(chartRows(chart).slice(0, 3), [[{ url: urlOf(best) }], [], [{ url: urlOf(worst) }]]);
    // 270 wide, so 3/4 of that high.
    assert.equal((await drawChart(chart)).match(/<image [^>]*height="202.5"/g)?.length, 2);
  });

  it("is nothing without slices", () => {
    assert.equal(exampleSlices(datasetOf({ scores: scoresOf("base", [0.5]) })), undefined);
  });
});

describe("figuresOf", () => {
  it("draws every figure with its names in it and no label cut out", async () => {
    const results = await madeUpResults({ cases: 8 });
    const figures = figuresOf(analysisOf(results), { resamples: 50 });
    assert.deepEqual(
      figures.map(({ name }) => name.replace(/-1-abdomen$/, "")),
      ["boxes-dice", "boxes-nsd", "boxes-hd95", "ranking", "curves", "confusion", "costs", "slices"],
    );
    for (const { name, chart } of figures) {
      const svg = await drawChart(chart);
      const wanted = /^(costs|ranking)/.test(name) ? ["DeltaSeg, cross-entropy + Dice"] : ["gallbladder", "appendix"];
      for (const text of wanted) assert.ok(svg.includes(text), `${name} lacks ${text}`);
      assert.doesNotMatch(svg, /NaN|undefined/, name);
    }
  });

  it("draws what there is of one method, one case and a class without values", async () => {
    const classes = [classOf("organ", 0.1), classOf("absent", 0.01)];
    const scores = [...scoresOf("base", [0.5]), ...scoresOf("base", [Number.NaN], { label: "absent" })];
    const figures = figuresOf(analysisOf(smallResults({ classes, scores })), { resamples: 50 });
    assert.deepEqual(
      figures.map(({ name }) => name),
      ["boxes-dice-1-set"],
    );
    assert.match(await drawChart(figures[0].chart), /absent/);
  });

  it("draws nothing of results without any score", () => {
    assert.deepEqual(figuresOf(analysisOf(smallResults()), { resamples: 50 }), []);
  });
});

const spread = { count: 1, undefinedCount: 0, mean: 1, sd: 0, median: 1, q1: 1, q3: 1, iqr: 0, min: 1, max: 1 };

function datasetOf(own: Partial<BenchmarkResults>) {
  return reportedDatasets(smallResults(own))[0];
}

function analysisOf(results: BenchmarkResults) {
  return analyseDataset(reportedDatasets(results)[0], {
    baseline: results.baseline,
    resamples: 50,
    random: randomFrom(1),
  });
}

function raise(): never {
  throw new Error("no figure");
}
