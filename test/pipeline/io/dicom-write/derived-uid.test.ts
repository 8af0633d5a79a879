import { strict as assert } from "node:assert";
import fc from "fast-check";
import { derivedUid } from "../../../../pipeline/io/dicom-write/derived-uid.ts";

describe("derivedUid", () => {
  it("gives the version 8 UUID of the SHA-256 of length-prefixed parts", () => {
    // python3: h=sha256(b"1:a1:b").digest()[:16], version and variant set, "2.25.%d" % int.from_bytes(h,"big")
    assert.equal(derivedUid("a", "b"), "2.25.333375932222145012773997809258604277625");
    assert.equal(derivedUid(Buffer.from("a"), "b"), derivedUid("a", "b"));
  });

  it("tells lists apart that read the same when joined", () => {
    assert.notEqual(derivedUid("ab"), derivedUid("a", "b"));
    assert.notEqual(derivedUid("a", ""), derivedUid("a"));
  });

  it("is at most 44 characters of digits and dots without leading zeros", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (parts) => {
        assert.match(derivedUid(...parts), /^2\.25\.[1-9][0-9]{0,38}$/);
      }),
    );
  });
});
