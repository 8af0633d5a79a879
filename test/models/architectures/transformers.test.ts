import { strict as assert } from "node:assert";
import { type NetworkSettings, networkFrom } from "../../../models/architectures/index.ts";
import { listParameters } from "../../../models/training-step.ts";

function parametersFor(settings: NetworkSettings, image: readonly number[]) {
  return listParameters(networkFrom(settings, { stages: [], outputs: 2, heads: 1 }), image).weights;
}

describe("transformers", () => {
  const refused: readonly (readonly [NetworkSettings, image: readonly number[], message: RegExp])[] = [
    [{ kind: "unetr", size: "tiny" }, [1, 1, 32, 40, 48], /unetr: .*multiples of 16, got \[32, 40, 48\]/],
    [{ kind: "unetr", size: "tiny", heads: 5 }, [1, 1, 32, 32], /heads: expected a divisor of 192 features, got 5/],
    [{ kind: "swin-unetr", size: "tiny" }, [1, 1, 64, 48], /swin-unetr: .*multiples of 32.* got \[64, 48\]/],
    [{ kind: "swin-unetr", size: "tiny" }, [1, 1, 32, 32, 32], /not all of them 32, got \[32, 32, 32\]/],
    [{ kind: "swin-unetr", features: 16 }, [1, 1, 64, 64], /heads: expected a divisor of 16 features, got 3/],
  ];
  for (const [settings, image, message] of refused)
    it(`${JSON.stringify(settings)} refuse an image of [${image}] by name`, () => {
      assert.throws(() => parametersFor(settings, image), message);
    });

  it("have a position for each patch of 16 in UNETR, whatever the sides", () => {
    const positions = parametersFor({ kind: "unetr", size: "tiny" }, [1, 1, 32, 48, 80]).find(({ name }) =>
      name.endsWith("position_embeddings"),
    );
    assert.deepEqual(positions?.shape, [1, 2 * 3 * 5, 192]);
  });

  it("have a table of (2 window - 1) per side in Swin, and nothing that depends on the image", () => {
    const settings = { kind: "swin-unetr", size: "tiny", window: 4, depths: [1, 1, 1, 1] } as const;
    const found = parametersFor(settings, [1, 1, 64, 96, 32]);
    assert.deepEqual(found, parametersFor(settings, [1, 1, 32, 64, 128]));
    const tables = found.filter(({ name }) => name.endsWith("relative_position_bias_table"));
    assert.deepEqual(
      tables.map(({ shape }) => shape),
      [3, 6, 12, 24].map((heads) => [7 ** 3, heads]),
    );
  });
});
