import { strict as assert } from "node:assert";
import { chooseScan } from "../../../pipeline/io/choose-scan.ts";
import type { FoundScan, Listing } from "../../../pipeline/io/scan-format.ts";
import { ConfigError, FormatError } from "../../../pipeline/volume/errors.ts";

const problem = { code: "D_TEST", where: "a", expected: "b", got: "c", next: "d" };

const found = (id: string, modality: string): FoundScan => ({
  format: "dicom",
  id,
  files: [`/${id}`],
  summary: {
    shape: undefined,
    spacingMm: undefined,
    orientation: undefined,
    modality,
    voxelType: undefined,
    description: undefined,
    encoding: undefined,
  },
  warnings: [],
});

const listing = (...scans: readonly FoundScan[]): Listing => ({ scans, refusals: [], skipped: [] });

describe("chooseScan", () => {
  const [ct, mr, seg] = [found("1", "CT"), found("2", "MR"), found("3", "SEG")];

  it("takes the only scan, or the one with the id", () => {
    assert.equal(chooseScan(listing(ct), { input: "x" }), ct);
    assert.equal(chooseScan(listing(ct, mr), { input: "x", id: "2" }), mr);
  });

  it("S29 takes the images where a segmentation lies beside them, and the segmentation by its id", () => {
    assert.equal(chooseScan(listing(ct, seg), { input: "x" }), ct);
    assert.equal(chooseScan(listing(ct, seg), { input: "x", id: "3" }), seg);
    assert.equal(chooseScan(listing(seg), { input: "x" }), seg);
  });

  it("refuses an unclear choice with the ids, and an unknown id", () => {
    const code = (wanted: string) => (error: unknown) => error instanceof ConfigError && error.problem.got === wanted;
    assert.throws(() => chooseScan(listing(ct, mr, seg), { input: "x" }), code("3: 1, 2, 3"));
    assert.throws(() => chooseScan(listing(ct), { input: "x", id: "9" }), code("1: 1"));
  });

  it("refuses with what was wrong where nothing could be read", () => {
    const refused: Listing = { scans: [], refusals: [{ path: "/a", problem }], skipped: [] };
    assert.throws(() => chooseScan(refused, { input: "x" }), FormatError);
  });
});
