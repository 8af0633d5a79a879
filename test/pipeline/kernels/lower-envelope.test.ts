import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { envelopeFor, lowerEnvelope } from "../../../pipeline/kernels/lower-envelope.ts";
import { assertClose } from "../../support/numbers.ts";

const heights = fc.array(fc.constantFrom(0, 1, 2.5, 4, 9, 30, Infinity), { minLength: 1, maxLength: 20 });

describe("lowerEnvelope", () => {
  it("names the parabola that is lowest at each place", () =>
    fc.assert(
      fc.property(heights, fc.constantFrom(0.5, 1, 3), (drawn, spacing) => {
        const envelope = envelopeFor(drawn.length + 3);
        envelope.heights.set(drawn);
        const count = lowerEnvelope(envelope, drawn.length, spacing);
        const { places, borders } = envelope;
        assert.equal(
          count === 0,
          drawn.every((height) => height === Infinity),
        );
        for (let at = 0, k = 0; at < drawn.length && count > 0; at++) {
          while (k < count - 1 && borders[k + 1] < at) k++;
          const heightAt = (place: number) => drawn[place] + ((at - place) * spacing) ** 2;
          assertClose(heightAt(places[k]), Math.min(...drawn.map((_, place) => heightAt(place))), { abs: 1e-9 });
        }
      }),
    ));
});
