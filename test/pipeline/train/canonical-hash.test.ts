import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { canonicalHash } from "../../../pipeline/train/canonical-hash.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("canonicalHash", () => {
  it("is the SHA-256 of JSON with keys in the order of their letters, at every depth, lists as they are", () => {
    const value = { b: [{ z: 1, y: [2, 1] }], a: { d: null, c: "x" }, e: undefined };
    assert.equal(canonicalHash(value), sha256('{"a":{"c":"x","d":null},"b":[{"y":[2,1],"z":1}]}'));
  });
});
