import { strict as assert } from "node:assert";
import { checkJson } from "../../../../pipeline/bundle/json-schema.ts";
import { type SamplingSettings, samplerFrom, samplingSchema } from "../../../../pipeline/train/sampling/index.ts";
import type { BatchCase } from "../../../../pipeline/train/sampling/sampler.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";

const classes = [
  { id: 1, name: "liver" },
  { id: 4, name: "tumour" },
  { id: 6, name: "duct" },
];

/** Nine of ten cases hold the liver, one the tumour, none the duct; the last one nothing. */
const cases: readonly BatchCase[] = Array.from({ length: 10 }, (_, n) => ({
  id: `case ${n}`,
  folder: `/prepared/${n}`,
  classIds: n === 9 ? [] : n === 3 ? [1, 4] : [1],
}));

describe("the foreground sampler", () => {
  it("asks for a class of the case in the last third of a batch: 1 of 2, 1 of 4, 3 of 9, as round(n * 0.67) is nnU-Net's", () => {
    for (const [size, forced] of [
      [2, 1],
      [4, 1],
      [9, 3],
    ]) {
      const drawn = drawnBatches({ kind: "foreground" }, { size, batches: 200 });
      for (const [n, { chosen, classId }] of drawn.entries()) {
        const isForced = n % size >= size - forced && chosen.classIds.length > 0;
        assert.equal(classId !== undefined, isForced);
        assert.ok(classId === undefined || chosen.classIds.includes(classId));
      }
    }
  });

  it("draws every case as often as another", () => {
    const drawn = drawnBatches({ kind: "foreground" }, { size: 4, batches: 2500 });
    // 10,000 draws of 10 cases: five deviations are 150.
    for (const { id } of cases) assertNear(drawn.filter(({ chosen }) => chosen.id === id).length, 1000, 150);
  });
});

describe("the class-balanced sampler", () => {
  it("draws background, liver and tumour equally often, the tumour from the one case that holds it, the duct never", () => {
    const drawn = drawnBatches({ kind: "class-balanced" }, { size: 3, batches: 3000 });
    // 9,000 draws of 3 groups: five deviations are 224.
    for (const id of [undefined, 1, 4]) assertNear(drawn.filter(({ classId }) => classId === id).length, 3000, 224);
    assert.ok(drawn.every(({ chosen, classId }) => classId === undefined || chosen.classIds.includes(classId)));
  });

  it("draws by weight where there is one", () => {
    const weights = { background: 0, tumour: 3 };
    const drawn = drawnBatches({ kind: "class-balanced", weights }, { size: 1, batches: 8000 });
    // 8,000 draws with chances 1/4 and 3/4: five deviations are 194.
    assertNear(drawn.filter(({ classId }) => classId === 4).length, 6000, 194);
    assertNear(drawn.filter(({ classId }) => classId === 1).length, 2000, 194);
  });

  it("refuses a name that is no class with C_SAMPLING and lists those that are", () => {
    assert.throws(() => samplerFrom({ kind: "class-balanced", weights: { spleen: 1 } }, { cases, classes }), {
      problem: {
        code: "C_SAMPLING",
        where: "sampling/weights",
        expected: "names of classes (background, liver, tumour, duct)",
        got: "spleen",
        next: "Correct the weights in the training settings",
      },
    });
  });

  it("refuses weights that leave nothing to draw with C_SAMPLING", () => {
    const weights = { background: 0, liver: 0, tumour: 0 };
    assert.throws(() => samplerFrom({ kind: "class-balanced", weights }, { cases, classes }), /above 0, got none/);
  });
});

describe("samplingSchema", () => {
  it("lists the kinds that there are", () => {
    const check = () => checkJson({ kind: "lucky" }, samplingSchema, { where: "config.json", code: "C_TRAINING" });
    assert.throws(check, /foreground.*class-balanced.*lucky/);
  });
});

function drawnBatches(
  settings: SamplingSettings,
  { size, batches }: { readonly size: number; readonly batches: number },
) {
  const sampler = samplerFrom(settings, { cases, classes });
  const random = randomFrom(1);
  return Array.from({ length: size * batches }, (_, n) => sampler({ position: n % size, size }, random));
}

function assertNear(count: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(count - expected) <= tolerance, `${count}, not ${expected} within ${tolerance}`);
}
