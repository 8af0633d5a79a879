import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { nnunetFolds, patientCount, stratifiedFolds } from "../../../../pipeline/train/plan/folds.ts";
import { mersenneTwister } from "../../../../pipeline/train/plan/mersenne-twister.ts";

describe("mersenneTwister", () => {
  it("gives the published first numbers of seed 5489", () => {
    // The 10000th number of the default seed is what the C++ standard asks of std::mt19937.
    const next = mersenneTwister(5489);
    assert.deepEqual([next(), next(), next()], [3499211612, 581869302, 3890346734]);
    for (let n = 3; n < 9999; n++) next();
    assert.equal(next(), 4123659995);
  });
});

describe("nnunetFolds", () => {
  it("draws what numpy.random.RandomState(12345).shuffle makes of 13 cases, as KFold(5, shuffle=True) does", () => {
    // numpy 1.24: a = arange(13); RandomState(12345).shuffle(a); folds of 3, 3, 3, 2, 2
    const ids = Array.from({ length: 13 }, (_, n) => `case_${String(n).padStart(2, "0")}`);
    const found = nnunetFolds([...ids].reverse()).map((fold) => fold.map((id) => Number(id.slice(5))));
    assert.deepEqual(found, [
      [0, 7, 9],
      [3, 6, 10],
      [8, 11, 12],
      [1, 4],
      [2, 5],
    ]);
  });

  it("refuses fewer cases than folds, as scikit-learn does", () => {
    assert.throws(() => nnunetFolds(["a", "b", "c", "d"]), /expected at least 5 cases for the 5 folds .* got 4/);
  });

  it("holds the same of 260 cases out as numpy does", () => {
    // numpy 1.24: a = arange(260); RandomState(12345).shuffle(a); sorted(a[:52])[:8]; [a[k*52:(k+1)*52].sum() for k in range(5)]
    const folds = nnunetFolds(Array.from({ length: 260 }, (_, n) => `${1000 + n}`)).map((fold) =>
      fold.map((id) => Number(id) - 1000),
    );
    assert.deepEqual(folds[0].slice(0, 8), [9, 10, 16, 18, 20, 30, 33, 40]);
    assert.deepEqual(
      folds.map((fold) => fold.reduce((sum, n) => sum + n, 0)),
      [6744, 6892, 6615, 6587, 6832],
    );
  });
});

/** Up to 60 cases, each with a few classes and the number of its patient. */
const patientList = fc.array(
  fc.record({
    classIds: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
    patient: fc.option(fc.integer({ min: 0, max: 12 })),
  }),
  { minLength: 5, maxLength: 60 },
);

const caseList = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }), {
  minLength: 5,
  maxLength: 60,
});

describe("stratifiedFolds", () => {
  it("halves 4 cases of one class, 4 of another and 2 of both into 5 cases with 3 of each class", () => {
    const classesOf = (n: number) => (n < 4 ? [1] : n < 8 ? [2] : [1, 2]);
    const cases = Array.from({ length: 10 }, (_, n) => ({ id: `c${n}`, classIds: classesOf(n) }));
    for (let seed = 0; seed < 20; seed++)
      for (const fold of stratifiedFolds(cases, { count: 2, seed })) {
        const held = fold.flatMap((id) => classesOf(Number(id.slice(1))));
        assert.equal(fold.length, 5);
        assert.deepEqual(
          [1, 2].map((wanted) => held.filter((id) => id === wanted).length),
          [3, 3],
        );
      }
  });

  it("holds each case out once and leaves no fold empty", () =>
    fc.assert(
      fc.property(caseList, fc.integer({ min: 2, max: 5 }), (classes, count) => {
        const cases = classes.map((classIds, n) => ({ id: `c${n}`, classIds }));
        const folds = stratifiedFolds(cases, { count });
        assert.equal(folds.length, count);
        assert.ok(folds.every(({ length }) => length > 0));
        assert.deepEqual(folds.flat().sort(), cases.map(({ id }) => id).sort());
      }),
    ));

  it("never parts a patient, holds each case out once, and leaves no fold empty while there are patients for all", () =>
    fc.assert(
      fc.property(patientList, fc.integer({ min: 2, max: 5 }), (list, count) => {
        const cases = list.map(({ classIds, patient }, n) => ({
          id: `c${n}`,
          classIds,
          patient: patient === null ? undefined : `p${patient}`,
        }));
        const folds = stratifiedFolds(cases, { count });
        assert.deepEqual(folds.flat().sort(), cases.map(({ id }) => id).sort());
        const patientsOf = (ids: readonly string[]) =>
          new Set(ids.map((id) => cases[Number(id.slice(1))].patient ?? id));
        const patients = folds.map(patientsOf);
        const all = patientsOf(cases.map(({ id }) => id)).size;
        assert.equal(
          patients.reduce((sum, { size }) => sum + size, 0),
          all,
        );
        assert.equal(patientCount(cases), all);
        assert.equal(folds.filter(({ length }) => length > 0).length, Math.min(count, all));
      }),
    ));

  it("shares 4 patients of 3, 3, 2 and 2 cases evenly: two folds of 5", () => {
    const cases = [..."aaabbbccdd"].map((patient, n) => ({ id: `c${n}`, classIds: [1], patient }));
    for (let seed = 0; seed < 20; seed++)
      assert.deepEqual(
        stratifiedFolds(cases, { count: 2, seed }).map(({ length }) => length),
        [5, 5],
      );
  });

  it("puts one of five rare cases into each of five folds, where a plain shuffle may not", () => {
    const cases = Array.from({ length: 50 }, (_, n) => ({ id: `c${n}`, classIds: n < 5 ? [1, 2] : [1] }));
    for (let seed = 0; seed < 20; seed++)
      for (const fold of stratifiedFolds(cases, { seed })) {
        assert.equal(fold.length, 10);
        assert.equal(fold.filter((id) => Number(id.slice(1)) < 5).length, 1);
      }
  });

  it("is fixed by the seed, whatever order the cases come in", () => {
    const cases = Array.from({ length: 20 }, (_, n) => ({ id: `c${n}`, classIds: [1 + (n % 3)] }));
    assert.deepEqual(stratifiedFolds([...cases].reverse(), { seed: 7 }), stratifiedFolds(cases, { seed: 7 }));
    assert.notDeepEqual(stratifiedFolds(cases, { seed: 8 }), stratifiedFolds(cases, { seed: 7 }));
  });
});
