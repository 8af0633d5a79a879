import { strict as assert } from "node:assert";
import { checkJson } from "../../../../pipeline/bundle/json-schema.ts";
import { augmentInto, drawnMatrix, roomFor } from "../../../../pipeline/train/augment/apply.ts";
import {
  augmentationSchema,
  type ChosenTransform,
  transforms,
  transformsOf,
} from "../../../../pipeline/train/augment/index.ts";
import { scalingMatrix } from "../../../../pipeline/train/augment/matrix.ts";
import type { Patch } from "../../../../pipeline/train/augment/patch.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";

const shapes: readonly Triple[] = [
  [7, 9, 5],
  [3, 11, 13],
  [1, 9, 7],
];

describe("transforms", () => {
  for (const transform of transforms) {
    const { kind } = transform.defaults;
    const settings = { ...transform.defaults, probability: 1, perChannel: 1, perAxis: 1 };

    it(`${kind} draws the same from the same seed and leaves the voxels finite`, () => {
      for (const shape of shapes) {
        if (transform.role === "paste") continue;
        if (transform.role === "geometry") {
          const draw = () => transform.matrix(settings, contextOf(shape));
          assert.deepEqual(draw(), draw());
          assert.ok(draw().flat().every(Number.isFinite));
          continue;
        }
        const [first, second] = [patchOf(shape), patchOf(shape)];
        for (const patch of [first, second]) transform.applyInto(patch, settings, contextOf(shape));
        assert.deepEqual(first, second);
        assert.ok(first.image.every(Number.isFinite));
        assert.notDeepEqual(first.image, patchOf(shape).image);
      }
    });

    it(`${kind} keeps how many voxels each label has`, () => {
      if (transform.role !== "patch") return;
      for (const shape of shapes) {
        const patch = patchOf(shape);
        transform.applyInto(patch, settings, contextOf(shape));
        assert.deepEqual(patch.labels.slice().sort(), patchOf(shape).labels.sort());
      }
    });

    it(`${kind} is a line of the schema with all its defaults`, () => {
      const { probability: _, ...given } = transform.defaults;
      const config = { preset: "none", transforms: [given] };
      assert.deepEqual(checked(config), config);
    });
  }

  it("leave D alone where a patch is flat or 2-D", () => {
    for (const shape of shapes.slice(1))
      for (let seed = 0; seed < 50; seed++) {
        const matrix = drawnMatrix(always(["rotation", "scaling"]), { ...contextOf(shape), random: randomFrom(seed) });
        assert.deepEqual(matrix?.[0], [1, 0, 0]);
        assert.deepEqual([matrix?.[1][0], matrix?.[2][0]], [0, 0]);
      }
  });
});

describe("transformsOf", () => {
  it("has nnU-Net's list, probabilities and ranges under the name nnunet", () => {
    // nnUNetTrainer.get_training_transforms and configure_rotation_dummyDA_mirroring_and_inital_patch_size
    assert.deepEqual(
      transformsOf({ preset: "nnunet" }).map(({ settings }) => settings),
      [
        { kind: "rotation", probability: 0.2, degrees: null },
        { kind: "scaling", probability: 0.2, range: [0.7, 1.4] },
        { kind: "gaussian-noise", probability: 0.1, range: [0, 0.1] },
        { kind: "gaussian-blur", probability: 0.2, perChannel: 0.5, range: [0.5, 1] },
        { kind: "brightness", probability: 0.15, range: [0.75, 1.25] },
        { kind: "contrast", probability: 0.15, range: [0.75, 1.25] },
        { kind: "low-resolution", probability: 0.25, perChannel: 0.5, range: [0.5, 1] },
        { kind: "inverted-gamma", probability: 0.1, range: [0.7, 1.5] },
        { kind: "gamma", probability: 0.3, range: [0.7, 1.5] },
        { kind: "mirror", probability: 1, perAxis: 0.5 },
      ],
    );
  });

  it("takes own settings before those of the list, and leaves out what has probability 0", () => {
    const chosen = transformsOf({
      preset: "light",
      transforms: [
        { kind: "gamma", range: [0.9, 1.1] },
        { kind: "scaling", range: [0.5, 2] },
        { kind: "mirror", probability: 0 },
      ],
    }).map(({ settings }) => settings);
    assert.deepEqual(
      chosen.find(({ kind }) => kind === "gamma"),
      { kind: "gamma", probability: 0.3, range: [0.9, 1.1] },
    );
    assert.deepEqual(chosen[0], { kind: "scaling", probability: 0.2, range: [0.5, 2] });
    assert.ok(!chosen.some(({ kind }) => kind === "mirror" || kind === "rotation"));
  });

  it("has nothing under the name none", () => {
    assert.deepEqual(transformsOf({ preset: "none" }), []);
  });
});

describe("augmentationSchema", () => {
  it("names the field, what was found and what is allowed", () => {
    const range = [0.5, "much"];
    assert.throws(() => checked({ preset: "light", transforms: [{ kind: "gamma", range }] }), {
      message: /transforms\/0\/range\/1: expected .*number.*"much"/,
    });
    assert.throws(() => checked({ preset: "heavy" }), { message: /none.*light.*nnunet.*heavy/ });
  });
});

describe("augmentInto and drawnMatrix", () => {
  it("draw each transform as often as its probability says, whatever the others do", () => {
    const counts = new Map<string, number>();
    const chosen = transformsOf({ preset: "nnunet-mr" }).map(({ transform, settings }): ChosenTransform => {
      const count = () => void counts.set(settings.kind, (counts.get(settings.kind) ?? 0) + 1);
      if (transform.role === "patch") return { settings, transform: { ...transform, applyInto: count } };
      if (transform.role === "paste") return { settings, transform };
      const matrix = () => {
        count();
        return scalingMatrix([1, 1, 1]);
      };
      return { settings, transform: { ...transform, matrix } };
    });
    const draws = 4000;
    const shape = shapes[0];
    const patch = patchOf(shape);
    for (let seed = 0; seed < draws; seed++) {
      const context = { ...contextOf(shape), random: randomFrom(seed) };
      drawnMatrix(chosen, context);
      augmentInto(patch, chosen, context);
    }
    for (const { settings } of chosen) {
      const { kind, probability } = settings;
      const fiveDeviations = 5 * Math.sqrt(draws * probability * (1 - probability));
      const count = counts.get(kind) ?? 0;
      assert.ok(Math.abs(count - draws * probability) <= fiveDeviations, `${kind}: ${count} of ${draws}`);
    }
  });
});

describe("roomFor", () => {
  it("is the patch itself when nothing turns or scales it", () => {
    assert.deepEqual(roomFor([7, 9, 5], transformsOf({ preset: "light" })), [7, 9, 5]);
  });

  it("gives a cube of 40, turned by 30 degrees and divided by 0.85, 40 (cos 30 + sin 30) / 0.85 = 64.28 voxels", () => {
    assert.deepEqual(roomFor([40, 40, 40], transformsOf({ preset: "nnunet" })), [64, 64, 64]);
  });

  it("gives a flat patch room in plane alone: 40 x 30 turned by up to 90 degrees needs 40 / 0.85 = 47.06", () => {
    assert.deepEqual(roomFor([5, 40, 30], transformsOf({ preset: "nnunet" })), [5, 47, 47]);
  });
});

function checked(config: unknown): unknown {
  return checkJson(config, augmentationSchema, { where: "config.json", code: "C_TRAINING" });
}

function always(kinds: readonly string[]) {
  return transformsOf({ preset: "nnunet" })
    .filter(({ settings }) => kinds.includes(settings.kind))
    .map(({ transform, settings }) => ({ transform, settings: { ...settings, probability: 1 } }));
}

function contextOf(shape: Triple) {
  return { random: randomFrom(5), shape, mirrorAxes: [1, 2] };
}

/** Two channels of waves and three labels. */
function patchOf(shape: Triple): Patch {
  const voxels = shape[0] * shape[1] * shape[2];
  const image = Float32Array.from({ length: 2 * voxels }, (_, i) => Math.sin(i) + 0.1 * (i % 7));
  return { image, labels: Float32Array.from({ length: voxels }, (_, i) => [0, 3, 7][i % 3]), shape };
}
