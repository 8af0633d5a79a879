import { strict as assert } from "node:assert";
import type { ManifestRegion } from "../../../pipeline/bundle/manifest-schema.ts";
import { chooseRegions } from "../../../pipeline/stages/choose-regions.ts";
import type { Box } from "../../../pipeline/volume/box.ts";
import { straightGrid } from "../../support/boxes-scan.ts";

const grid = straightGrid([11, 24, 31], [3, 2, 1]);
const region = { name: "appendix", classes: ["appendix"], marginMm: [4, 4, 4], keep: "largest" } as const;
const near = { kind: "near", region: "cecum", startMm: [-3, -5, -2], stopMm: [6, 4, 3.5] } as const;
const field = { kind: "field", start: [0.5, 0, 0.1], stop: [1, 0.25, 0.9] } as const;

const boxAndSource = (own: ManifestRegion, found: ReadonlyMap<string, Box> = new Map()) => {
  const [{ box, source }] = chooseRegions(found, { regions: [own], grid });
  return { box, source: source.kind };
};

describe("chooseRegions", () => {
  it("adds the margin to what was found: 4 mm are 2, 2 and 4 voxels of 3, 2 and 1 mm", () => {
    const found = new Map<string, Box>([["appendix", { start: [3, 3, 5], stop: [4, 4, 6] }]]);
    const box = { start: [1, 1, 1], stop: [6, 6, 10] };
    assert.deepEqual(boxAndSource({ ...region, priors: [near, field] }, found), { box, source: "found" });
  });

  it("measures a prior from the middle of what was found of another region, in millimetres, rounded outwards", () => {
    // Middle at voxel faces 4, 6.5, 12: -1 and +2; -2.5 and +2; -2 and +3.5 voxels.
    const found = new Map<string, Box>([["cecum", { start: [3, 4, 10], stop: [5, 9, 14] }]]);
    const box = { start: [3, 4, 10], stop: [6, 9, 16] };
    assert.deepEqual(boxAndSource({ ...region, priors: [near, field] }, found), { box, source: "prior" });
  });

  it("takes the next prior where the other region was not found or its box lies outside, shares rounded outwards", () => {
    const box = { start: [5, 0, 3], stop: [11, 6, 28] };
    assert.deepEqual(boxAndSource({ ...region, priors: [near, field] }), { box, source: "prior" });
    const found = new Map<string, Box>([["cecum", { start: [3, 4, 10], stop: [5, 9, 14] }]]);
    const outside = { ...near, startMm: [100, 0, 0], stopMm: [120, 1, 1] } as const;
    assert.deepEqual(boxAndSource({ ...region, priors: [outside, field] }, found), { box, source: "prior" });
  });

  it("takes the whole field of view where no prior can be told", () => {
    const box = { start: [0, 0, 0], stop: [11, 24, 31] };
    assert.deepEqual(boxAndSource({ ...region, priors: [near] }), { box, source: "whole" });
    assert.deepEqual(boxAndSource(region), { box, source: "whole" });
  });
});
