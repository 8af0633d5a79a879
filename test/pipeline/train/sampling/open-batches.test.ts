import { strict as assert } from "node:assert";
import { truncateSync } from "node:fs";
import { join } from "node:path";
import { writePreparedCase } from "../../../../pipeline/train/prepare/prepared-case-file.ts";
import type { BatchRecipe } from "../../../../pipeline/train/sampling/make-batch.ts";
import { type BatchQueue, openBatches } from "../../../../pipeline/train/sampling/open-batches.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { indicesIn } from "../../../support/patch-source-of.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

describe("openBatches", () => {
  it("gives the same bytes from one thread and from two", async () => {
    const recipe = await recipeOfThree();
    const steps = [0, 1, 2, 3, 4, 5, 6];
    const fromOne = await taken(openBatches(recipe), steps);
    assert.deepEqual(await taken(openBatches({ ...recipe, workers: 2 }), steps), fromOne);
    assert.deepEqual(
      fromOne.map(({ step }) => step),
      steps,
    );
    assert.equal(new Set(fromOne.map(({ image }) => image.join())).size, steps.length);
  });

  it("gives the same bytes for a step when it is begun there, and when steps are left out and gone back to", async () => {
    const recipe = await recipeOfThree();
    const jumping = await taken(openBatches(recipe), [6, 0, 4]);
    assert.deepEqual(await taken(openBatches(recipe), [4, 5, 6]).then(([four, , six]) => [six, four]), [
      jumping[0],
      jumping[2],
    ]);
  });

  it("tells how long its callers waited, and which share of the time that is", async () => {
    const queue = openBatches(await recipeOfThree());
    assert.deepEqual(queue.waiting(), { milliseconds: 0, share: 0 });
    await queue.next(0);
    await queue.next(1);
    const { milliseconds, share } = queue.waiting();
    assert.ok(milliseconds > 0 && share > 0 && share <= 1);
    await queue.close();
  });

  it("passes on the named error of a case that is damaged, and goes on with steps that are well", async () => {
    const recipe = await recipeOfThree();
    truncateSync(join(recipe.cases[1].folder, "image.f32"), 10);
    const queue = openBatches({ ...recipe, plan: { ...recipe.plan, batch: 1 } });
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, step) =>
        queue.next(step).then(
          ({ caseIds }) => caseIds[0],
          ({ name, problem }) => `${name} ${problem.code}`,
        ),
      ),
    );
    assert.deepEqual(new Set(results), new Set(["case 0", "case 2", "FormatError T_CACHE"]));
    await queue.close();
  });

  it("refuses settings that make no sense at once, in the caller's thread", async () => {
    const recipe = await recipeOfThree();
    const sampling = { kind: "class-balanced", weights: { spleen: 2 } } as const;
    assert.throws(() => openBatches({ ...recipe, sampling }), { name: "ConfigError", message: /spleen/ });
  });

  it("ends with the signal's reason when it is aborted, and says that it is closed after close", async () => {
    const abort = new AbortController();
    const queue = openBatches({ ...(await recipeOfThree()), signal: abort.signal });
    await queue.next(0);
    abort.abort(new Error("enough"));
    await assert.rejects(queue.next(1), /enough/);
    await queue.close();
    const closed = openBatches(await recipeOfThree());
    const refused = assert.rejects(closed.next(0), /closed/);
    await closed.close();
    await refused;
    await assert.rejects(closed.next(1), /closed/);
  });
});

async function taken(queue: BatchQueue, steps: readonly number[]) {
  const batches = [];
  for (const step of steps) batches.push(await queue.next(step));
  await queue.close();
  return batches;
}

/** Three prepared cases of two channels, each with another foreground, and a recipe that uses everything. */
async function recipeOfThree(): Promise<BatchRecipe> {
  const root = temporaryFolder();
  const shape: Triple = [9, 11, 7];
  const cases = [0, 1, 2].map((n) => ({ id: `case ${n}`, folder: join(root, String(n)), classIds: [1 + (n % 2)] }));
  for (const [n, { id, folder, classIds }] of cases.entries()) {
    const labels = Uint8Array.from(indicesIn(shape), ([d]) => (d === 3 + n ? classIds[0] : 0));
    const image = Float32Array.from({ length: 2 * labels.length }, (_, i) => Math.sin(i * (n + 1)));
    const voxels = Uint32Array.from(labels.keys()).filter((i) => labels[i] > 0);
    await writePreparedCase(folder, { id, shape, image, labels, voxelsByClass: new Map([[classIds[0], voxels]]) });
  }
  const channels = ["T1", "T2"].map((name) => ({ name, normalisation: { kind: "none" as const } }));
  const classes = [
    { id: 1, name: "first" },
    { id: 2, name: "second" },
  ];
  return {
    cases,
    plan: { patch: [5, 6, 7], batch: 3, input: { channels }, mirrorAxes: [0, 2], spacingMm: [1, 1, 1], classes },
    sampling: { kind: "class-balanced" },
    augmentation: { preset: "nnunet-mr", transforms: [{ kind: "copy-paste", probability: 0.5 }] },
    seed: 3,
  };
}
