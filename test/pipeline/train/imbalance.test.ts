import { strict as assert } from "node:assert";
import { architectures } from "../../../models/architectures/index.ts";
import { imbalanceMethods, withImbalance } from "../../../pipeline/train/imbalance.ts";
import { networkNamed } from "../../../pipeline/train/network-named.ts";
import { completeConfig } from "../../../pipeline/train/training-config.ts";

const usual = completeConfig({});

describe("withImbalance", () => {
  it("changes the settings by each method, and differently by each", () => {
    const changed = imbalanceMethods.map(({ name }) => JSON.stringify(withImbalance(usual, [name])));
    assert.equal(new Set([...changed, JSON.stringify(usual)]).size, imbalanceMethods.length + 1);
  });

  it("puts focal loss in the place of cross entropy and weights on it, in whatever order they are named", () => {
    const wanted = { kind: "focal", classWeights: { kind: "median-frequency" } };
    for (const names of [
      ["focal", "median-frequency"],
      ["median-frequency", "focal"],
    ])
      assert.deepEqual(withImbalance(usual, names).loss.terms, [wanted, { kind: "dice" }]);
  });

  it("keeps the weight of the term whose place is taken, and adds a term where there is none to take", () => {
    const heavy = completeConfig({ loss: { terms: [{ kind: "cross-entropy", weight: 3 }] } });
    assert.deepEqual(withImbalance(heavy, ["focal", "tversky"]).loss.terms, [
      { kind: "focal", weight: 3 },
      { kind: "tversky" },
    ]);
  });

  it("combines a network, losses, weights of patches and a sampler", () => {
    const names = ["hamr-sampling", "hamr-weights", "natural-selection", "focal-attention", "dynamic-focal"];
    const { network, loss, sampling } = withImbalance(usual, names);
    assert.equal(network.kind, "mask-decoder");
    assert.deepEqual(loss.terms[0], { kind: "dynamic-focal" });
    assert.deepEqual(loss.patchWeights, [{ kind: "natural-selection" }, { kind: "weight-network" }]);
    assert.deepEqual(sampling, { kind: "hamr" });
  });

  it("refuses two methods of one part, and a name that there is not, with the legal ones", () => {
    assert.throws(() => withImbalance(usual, ["focal", "dynamic-focal"]), /focal and dynamic-focal/);
    assert.throws(() => withImbalance(usual, ["smote"]), /hamr-sampling.*got smote/);
  });

  it("is applied where settings name methods, and is not kept beside what it changed", () => {
    assert.deepEqual(completeConfig({ imbalance: ["focal"] }), withImbalance(usual, ["focal"]));
  });

  it("puts a mask decoder with focal attention over the way down of every architecture that is not one", () => {
    for (const { variants } of architectures) {
      const [network] = Object.values(variants);
      if (network.kind === "mask-decoder") continue;
      const changed = withImbalance({ ...usual, network }, ["focal-attention"]).network;
      assert.ok(changed.kind === "mask-decoder");
      assert.deepEqual(changed.encoder, network);
    }
  });
});

describe("networkNamed", () => {
  it("knows every published form of every architecture, the first without its name", () => {
    for (const { schema, variants } of architectures)
      for (const [n, [variant, settings]] of Object.entries(variants).entries()) {
        assert.deepEqual(networkNamed(`${schema.properties.kind.const}:${variant}`), settings);
        if (n === 0) assert.deepEqual(networkNamed(schema.properties.kind.const), settings);
      }
  });

  it("refuses others with the legal names", () => {
    assert.throws(() => networkNamed("segformer"), /unet, .*got segformer/);
    assert.throws(() => networkNamed("swin-unetr:huge"), /swin-unetr:base, swin-unetr:small/);
  });
});
