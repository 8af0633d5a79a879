import { strict as assert } from "node:assert";
import type { BundleManifest } from "../../../pipeline/bundle/manifest-schema.ts";
import { claimsOn, weighsProbabilities } from "../../../pipeline/stages/claims.ts";
import { tinyManifest } from "../../support/tiny-bundle.ts";

const [appendix] = tinyManifest.classes;

/** Two entries for the classes 3 and 300. */
const manifest = (conflicts?: "later" | "most-probable"): BundleManifest => ({
  ...tinyManifest,
  classes: [appendix, { ...appendix, id: 300, name: "cecum" }],
  stages: { segment: [{ network: "whole" }, { network: "whole" }], ...(conflicts === undefined ? {} : { conflicts }) },
});

const shape = [1, 2, 5] as const;
const first = { start: [0, 0, 0], stop: [1, 2, 3] } as const;
const second = { start: [0, 0, 1], stop: [1, 2, 5] } as const;

/** Class 3 in the first three columns, then class 300 in the last four; two columns are claimed by both. */
function laid(conflicts: "later" | "most-probable" | undefined, coarse?: readonly number[]): readonly number[] {
  const labels = coarse && { data: Uint16Array.from(coarse), shape: [1, 1, 5] as const };
  const claims = claimsOn({
    shape,
    manifest: manifest(conflicts),
    coarse: labels && { ...labels, idOf: new Map(), warnings: [] },
  });
  claims.put({
    box: first,
    labels: Uint8Array.of(3, 3, 3, 3, 0, 7),
    probabilities: Uint16Array.of(9, 8, 5, 9, 0, 9),
    ids: new Set([3]),
  });
  claims.put({
    box: second,
    labels: Uint16Array.of(300, 300, 300, 300, 0, 300, 0, 0),
    probabilities: Uint16Array.of(8, 6, 1, 1, 0, 1, 0, 0),
    ids: new Set([300]),
  });
  return [...claims.labels];
}

describe("claimsOn", () => {
  it("lets a later claim overrule an earlier one by default, but not by background or by a class that it may not write", () => {
    const wanted = [3, 300, 300, 300, 300, 3, 0, 300, 0, 0];
    assert.deepEqual(laid(undefined), wanted);
    assert.deepEqual(laid("later"), wanted);
  });

  it("gives a voxel to the more probable claim: 6 beats 5, and of equal ones the earlier stays", () => {
    assert.deepEqual(laid("most-probable"), [3, 3, 300, 300, 300, 3, 0, 300, 0, 0]);
  });

  it("gives a voxel of two equal claims to the class that the coarse network names there", () => {
    // Only the second column of the first row has equal probabilities: 8 and 8.
    assert.equal(laid("most-probable", [0, 3, 3, 0, 0])[1], 3);
    assert.equal(laid("most-probable", [0, 300, 3, 0, 0])[1], 300);
    assert.equal(laid("most-probable", [300, 0, 3, 300, 300])[1], 3);
  });

  it("keeps ids above 255 whole", () => assert.ok(laid("later").includes(300)));
});

describe("weighsProbabilities", () => {
  it("is asked for by the manifest, and needless for a single entry", () => {
    const one = { segment: [{ network: "whole" }], conflicts: "most-probable" } as const;
    assert.equal(weighsProbabilities(manifest("most-probable")), true);
    assert.equal(weighsProbabilities(manifest()), false);
    assert.equal(weighsProbabilities({ ...tinyManifest, stages: one }), false);
  });
});
