import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { eulerCharacteristic } from "../../../pipeline/kernels/euler.ts";
import { drawnMask, maskPairs } from "../../support/scored-masks.ts";
import { slowEuler } from "../../support/slow-topology.ts";

const characteristicOf = (...slices: string[]) => {
  const { data, shape } = drawnMask(...slices);
  return eulerCharacteristic(data, shape);
};

describe("eulerCharacteristic", () => {
  it("is 1 for a voxel, 2 for two apart, 1 for two that share a corner, 0 for none", () => {
    assert.equal(characteristicOf("#"), 1);
    assert.equal(characteristicOf("#.#"), 2);
    assert.equal(characteristicOf("#. ..", ".. .#"), 1);
    assert.equal(characteristicOf("..."), 0);
  });

  it("is 0 for a ring, -1 for an eight, 2 for a hollow cube", () => {
    assert.equal(characteristicOf("### #.# ###"), 0);
    assert.equal(characteristicOf("### #.# ### #.# ###"), -1);
    assert.equal(characteristicOf("### ### ###", "### #.# ###", "### ### ###"), 2);
  });

  it("counts the cells that the definition counts, on any mask", () =>
    fc.assert(
      fc.property(maskPairs(), ({ prediction, shape }) => {
        assert.equal(eulerCharacteristic(prediction as Uint8Array, shape), slowEuler(prediction, shape));
      }),
    ));
});
