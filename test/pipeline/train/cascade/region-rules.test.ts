import { strict as assert } from "node:assert";
import fc from "fast-check";
import { chooseKeep } from "../../../../pipeline/train/cascade/choose-keep.ts";
import { coveringValue } from "../../../../pipeline/train/cascade/covering-value.ts";
import type { FoundCase, LookedCase } from "../../../../pipeline/train/cascade/found-case.ts";
import { jitteredBox } from "../../../../pipeline/train/cascade/jittered-box.ts";
import { marginMm } from "../../../../pipeline/train/cascade/margin-rule.ts";
import { priorsOf } from "../../../../pipeline/train/cascade/prior-rule.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { type Box, shapeOfBox } from "../../../../pipeline/volume/box.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { assertClose } from "../../../support/numbers.ts";

const box = (start: Triple, stop: Triple): Box => ({ start, stop });

/** A case of 20 x 30 x 40 voxels of 3, 2 and 1 mm: 60 mm along each axis but the last, which has 40. */
function caseOf(found: FoundCase["found"], truth: FoundCase["truth"]): FoundCase {
  return { id: "case", shape: [20, 30, 40], spacingMm: [3, 2, 1], found, truth };
}

describe("coveringValue", () => {
  it("is the smallest value that so large a share does not exceed: 9 of 10 for 0.9, all for 0.91", () => {
    const values = [5, 3, 10, 1, 2, 4, 6, 9, 8, 7];
    assert.equal(coveringValue(values, 0.9), 9);
    assert.equal(coveringValue(values, 0.91), 10);
    assert.equal(coveringValue(values, 0), 1);
    assert.equal(coveringValue([7], 0.5), 7);
  });
});

describe("marginMm", () => {
  const bounds = { stage: "appendix", cover: 1, leastMm: [1, 1, 1], mostMm: 50 } as const;
  const found = box([5, 10, 10], [8, 14, 20]);

  it("is by how far the truth sticks out at its worst face, in mm", () => {
    // D: 1 voxel below is 3 mm, H: 3 above are 6 mm, W: 2 above are 2 mm.
    const cases = [caseOf({ appendix: found }, { appendix: box([4, 11, 10], [8, 17, 22]) })];
    assert.deepEqual(marginMm(cases, bounds), [3, 6, 2]);
  });

  it("covers the share of cases that it is asked to, axis by axis", () => {
    const truths = Array.from({ length: 10 }, (_, n) => box([5, 10, 10], [8, 14, 20 + n]));
    const cases = truths.map((truth) => caseOf({ appendix: found }, { appendix: truth }));
    assert.deepEqual(marginMm(cases, { ...bounds, cover: 0.8 }), [1, 1, 7]);
    assert.deepEqual(marginMm(cases, { ...bounds, cover: 0.99 }), [1, 1, 9]);
  });

  it("stays within its bounds, and is the least where the truth lies inside or no case says anything", () => {
    const far = [caseOf({ appendix: found }, { appendix: box([0, 0, 0], [20, 30, 40]) })];
    assert.deepEqual(marginMm(far, { ...bounds, mostMm: 12 }), [12, 12, 12]);
    const inside = [caseOf({ appendix: found }, { appendix: box([6, 11, 11], [7, 12, 12]) })];
    assert.deepEqual(marginMm(inside, { ...bounds, leastMm: [4, 2, 1] }), [4, 2, 1]);
    const mute = [caseOf({ appendix: found }, {}), caseOf({}, { appendix: found }), caseOf({ liver: found }, {})];
    assert.deepEqual(marginMm(mute, { ...bounds, leastMm: [4, 2, 1] }), [4, 2, 1]);
  });

  it("rounds up to hundredths of a millimetre", () => {
    const cases = [
      {
        ...caseOf({ appendix: found }, { appendix: box([5, 10, 9], [8, 14, 20]) }),
        spacingMm: [3, 2, 1.2345] as const,
      },
    ];
    assert.equal(marginMm(cases, bounds)[2], 1.24);
  });
});

describe("chooseKeep", () => {
  const bounds = { stage: "appendix", cover: 1, leastMm: [0, 0, 0], mostMm: 9 } as const;
  const truth = { appendix: box([5, 10, 10], [8, 14, 20]) };
  const looked = (largest: Box, all: Box): LookedCase => ({
    id: "case",
    shape: [20, 30, 40],
    spacingMm: [3, 2, 1],
    foundBy: { largest: { appendix: largest }, all: { appendix: all } },
    truth,
  });

  it("takes the largest piece alone where both ways hold the structure, for the smaller region", () => {
    const stray = looked(box([5, 10, 11], [8, 14, 20]), box([5, 10, 11], [8, 14, 40]));
    assert.equal(chooseKeep([stray], bounds), "largest");
  });

  it("takes all pieces where the largest misses more than the widest margin may make up for", () => {
    // 10 mm of the structure lie before the largest piece; margins end at 9.
    const apart = looked(box([5, 10, 20], [8, 14, 24]), box([5, 10, 10], [8, 14, 24]));
    assert.equal(chooseKeep([apart], bounds), "all");
    assert.equal(chooseKeep([apart], { ...bounds, mostMm: 10 }), "all", "a margin of 10 mm makes the larger region");
  });

  it("weighs the margin that each way needs over all cases: one piece astray makes the largest cost more", () => {
    const whole = box([5, 10, 10], [8, 14, 20]);
    const strays = Array.from({ length: 3 }, () => looked(whole, box([5, 10, 10], [8, 14, 22])));
    // With the largest alone this case asks for a margin of 8 mm along W, on both sides, in every case.
    const half = looked(box([5, 10, 18], [8, 14, 20]), whole);
    assert.equal(chooseKeep(strays, bounds), "largest");
    assert.equal(chooseKeep([...strays, half], bounds), "all");
  });

  it("takes all pieces where no case says anything", () => {
    assert.equal(chooseKeep([], bounds), "all");
    assert.equal(
      chooseKeep([{ ...looked(box([0, 0, 0], [1, 1, 1]), box([0, 0, 0], [1, 1, 1])), truth: {} }], bounds),
      "all",
    );
  });
});

describe("priorsOf", () => {
  const options = { stage: "appendix", anchors: ["appendix", "cecum", "liver"], cover: 1, growMm: [0, 0, 0] } as const;

  it("measures from the middle of what was found of another structure, and takes all cases in", () => {
    // Cecum's middle at voxels 6, 12, 15. The first appendix: D -1 to +3 voxels of 3 mm, H 2 to 6 of 2 mm, W 5 to 9 of 1 mm.
    const cecum = box([5, 10, 10], [7, 14, 20]);
    const cases = [
      caseOf({ cecum }, { appendix: box([5, 14, 20], [9, 18, 24]) }),
      caseOf({ cecum }, { appendix: box([4, 15, 21], [6, 19, 26]) }),
    ];
    const [near, field] = priorsOf(cases, options);
    assert.deepEqual(near, { kind: "near", region: "cecum", startMm: [-6, 4, 5], stopMm: [9, 14, 11] });
    // 4 to 9 of 20, 14 to 19 of 30, 20 to 26 of 40, outwards to the ten-thousandth.
    assert.deepEqual(field, { kind: "field", start: [0.2, 0.4666, 0.5], stop: [0.45, 0.6334, 0.65] });
  });

  it("takes the structure that tells most exactly, and none that tells less than the field of view", () => {
    // The appendix follows the liver; the cecum is found here and there.
    const at = (voxels: number) => box([5, 10, voxels], [7, 14, voxels + 4]);
    const cases = [4, 12, 20].map((w, n) => caseOf({ liver: at(w), cecum: at(30 - 12 * n) }, { appendix: at(w + 6) }));
    const priors = priorsOf(cases, options);
    assert.deepEqual(
      priors.map((prior) => (prior.kind === "near" ? prior.region : prior.kind)),
      ["liver", "field"],
    );
    const alone = priorsOf(cases, { ...options, anchors: ["appendix", "cecum"] });
    assert.deepEqual(alone, priors.slice(1));
  });

  it("does not measure from a structure that is often missed", () => {
    const appendix = box([5, 10, 10], [7, 14, 20]);
    const cases = Array.from({ length: 10 }, (_, n) => {
      const shifted = box([5, 10, 10 + n], [7, 14, 20 + n]);
      return caseOf(n < 8 ? { liver: shifted } : {}, { appendix: n < 8 ? shifted : appendix });
    });
    assert.deepEqual(
      priorsOf(cases, options).map(({ kind }) => kind),
      ["field"],
    );
  });

  it("grows by millimetres, stays in the field of view, and says nothing of a structure that no case holds", () => {
    const cases = [caseOf({}, { appendix: box([1, 3, 4], [20, 27, 36]) })];
    const grown = priorsOf(cases, { ...options, growMm: [6, 3, 2] });
    // D: 1 - 2 voxels is outside; H: 3 - 1.5 and 27 + 1.5 of 30; W: 4 - 2 and 36 + 2 of 40.
    assert.deepEqual(grown, [{ kind: "field", start: [0, 0.05, 0.05], stop: [1, 0.95, 0.95] }]);
    assert.deepEqual(priorsOf([caseOf({ appendix: box([0, 0, 0], [1, 1, 1]) }, {})], options), []);
  });
});

describe("jitteredBox", () => {
  const sides = fc.tuple(
    ...([0, 1, 2] as const).map(() => fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 20 }))),
  );

  it("moves each face by at most its share of the side, stays in the volume and is never empty", () => {
    fc.assert(
      fc.property(sides, fc.double({ min: 0, max: 0.4, noNaN: true }), fc.nat(), (triples, share, seed) => {
        const start = triples.map(([low]) => low) as unknown as Triple;
        const stop = triples.map(([low, side]) => low + side) as unknown as Triple;
        const shape: Triple = [40, 40, 40];
        const moved = jitteredBox(box(start, stop), { share, shape, random: randomFrom(seed) });
        for (const axis of [0, 1, 2]) {
          const most = share * (stop[axis] - start[axis]);
          assert.ok(Math.abs(moved.start[axis] - start[axis]) <= most && moved.start[axis] >= 0);
          assert.ok(Math.abs(moved.stop[axis] - stop[axis]) <= most && moved.stop[axis] <= 40);
        }
        assert.ok(!shapeOfBox(moved).includes(0));
      }),
    );
  });

  it("moves faces both ways alike: over 2,000 draws a face of side 20 moves by 0 on average, and by 2 at most", () => {
    const random = randomFrom("jitter");
    const draws = Array.from({ length: 2000 }, () =>
      jitteredBox(box([5, 5, 5], [25, 25, 25]), { share: 0.1, shape: [40, 40, 40], random }),
    );
    const moves = draws.map(({ start }) => start[1] - 5);
    // Whole numbers from -2 to 2, each as likely: deviation sqrt(2), of the mean of 2,000 about 0.032.
    assertClose(moves.reduce((sum, move) => sum + move, 0) / 2000, 0, { abs: 0.16 });
    assert.deepEqual([Math.min(...moves), Math.max(...moves)], [-2, 2]);
  });
});
