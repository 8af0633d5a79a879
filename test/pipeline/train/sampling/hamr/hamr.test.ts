import { strict as assert } from "node:assert";
import { hamrSampler } from "../../../../../pipeline/train/sampling/hamr/hamr.ts";
import { hardnessOf } from "../../../../../pipeline/train/sampling/hamr/hardness.ts";
import { neighbourBoost } from "../../../../../pipeline/train/sampling/hamr/neighbour-boost.ts";
import { patchItems } from "../../../../../pipeline/train/sampling/hamr/patch-items.ts";
import { randomFrom } from "../../../../../pipeline/volume/random.ts";

const classes = [
  { id: 1, name: "organ" },
  { id: 3, name: "duct" },
];
const cases = [
  { id: "a", folder: "a", classIds: [1] },
  { id: "b", folder: "b", classIds: [1, 3] },
];

function assertNear(found: Iterable<number> | undefined, expected: readonly number[]): void {
  const list = [...(found ?? [])];
  assert.equal(list.length, expected.length);
  for (const [n, value] of list.entries()) assert.ok(Math.abs(value - expected[n]) < 1e-5, `[${list}]`);
}

describe("patchItems", () => {
  it("has each case anywhere and with each class that it holds, in the order of the cases", () =>
    assert.deepEqual(
      patchItems({ cases, classes }).map(({ chosen, classId }) => [chosen.id, classId]),
      [
        ["a", undefined],
        ["a", 1],
        ["b", undefined],
        ["b", 1],
        ["b", 3],
      ],
    ));
});

describe("hamrSampler", () => {
  it("draws by chance: 0.7, 0.2 and 0.1 of 20,000 draws within 1 %, and never what has none", () => {
    const chances = Float32Array.of(0.7, 0, 0.2, 0, 0.1);
    const draw = hamrSampler({ cases, classes }, () => chances);
    const random = randomFrom("hamr");
    const counts = new Array<number>(5).fill(0);
    for (let n = 0; n < 20_000; n++) counts[draw({ position: 0, size: 1 }, random).item ?? 0]++;
    for (const [n, count] of counts.entries()) assert.ok(Math.abs(count / 20_000 - chances[n]) < 0.01, `${counts}`);
    assert.deepEqual([counts[1], counts[3]], [0, 0]);
  });

  it("draws all alike while nothing is known", () => {
    const draw = hamrSampler({ cases, classes }, () => undefined);
    const random = randomFrom("hamr");
    const counts = new Array<number>(5).fill(0);
    for (let n = 0; n < 10_000; n++) counts[draw({ position: 0, size: 1 }, random).item ?? 0]++;
    for (const count of counts) assert.ok(Math.abs(count - 2000) < 200, `${counts}`);
  });
});

describe("neighbourBoost", () => {
  // Items along angles of 0, 10, 20, 80 and 90 degrees, at different lengths, and one without features.
  const angles = [0, 10, 20, 80, 90].map((degrees) => (degrees * Math.PI) / 180);
  const rows = angles.flatMap((angle, n) => [(n + 1) * Math.cos(angle), (n + 1) * Math.sin(angle)]);
  const features = Float32Array.of(...rows, 0, 0);

  it("counts how often an item is among the two nearest of the hardest, by angle and not by length", () => {
    // The two hardest of five known: 0 and 90 degrees. Neighbours: 10 and 20; 80 and 20.
    const difficulty = Float32Array.of(5, 1, 1, 1, 4, 9);
    const boost = neighbourBoost(difficulty, { features, width: 2 }, { hardShare: 0.4, neighbours: 2 });
    assert.deepEqual([...boost], [0, 0.5, 1, 0.5, 0, 0]);
  });

  it("is 0 everywhere while nothing is known of what patches look like", () => {
    const options = { hardShare: 0.4, neighbours: 2 };
    assert.deepEqual(
      [...neighbourBoost(Float32Array.of(1, 2), { features: new Float32Array(4), width: 2 }, options)],
      [0, 0],
    );
    assert.deepEqual(
      [...neighbourBoost(Float32Array.of(1, 2), { features: new Float32Array(0), width: 0 }, options)],
      [0, 0],
    );
  });
});

describe("hardnessOf", () => {
  const settings = { kind: "hamr", decay: 0.5, tau: 1, lambda: 2, neighbours: 1, hardShare: 0.3 } as const;

  it("averages what visits found and gives chances (h + epsilon)^tau (1 + lambda b) that add up to 1", () => {
    const hardness = hardnessOf(3, settings);
    assert.equal(hardness.chances(), undefined);
    hardness.note([0, 2], { difficulty: [3, 0.2], features: [1, 0, 1, 0.1] });
    hardness.note([0, 1], { difficulty: [2, 1], features: [1, 0, 0, 1] });
    hardness.refresh();
    // h: (1 + 3) / 2 = 2, then (2 + 2) / 2 = 2; (1 + 1) / 2 = 1; (1 + 0.2) / 2 = 0.6. The hardest, 0, looks like 2.
    const raw = [2, 1, 0.6 * 3];
    assertNear(
      hardness.chances(),
      raw.map((each) => each / 4.8),
    );
  });

  it("is the same after it went through text, chances as they were set", () => {
    const hardness = hardnessOf(3, settings);
    hardness.note([0, 2], { difficulty: [3, 0.2], features: [1, 0, 1, 0.1] });
    hardness.refresh();
    hardness.note([1], { difficulty: [7], features: [0, 1] });
    const again = hardnessOf(3, settings, hardness.toText());
    assert.deepEqual(again.chances(), hardness.chances());
    hardness.refresh();
    again.refresh();
    assert.deepEqual(again.chances(), hardness.chances());
    assert.equal(again.toText(), hardness.toText());
  });
});
