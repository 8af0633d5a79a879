import { strict as assert } from "node:assert";
import { PEER_TOLERANCE_MM, peerCases } from "../../../support/metric-peers.ts";
import { assertClose } from "../../../support/numbers.ts";
import { scoresOf } from "../../../support/scored-masks.ts";

/** Sums in another order; MONAI counts in single precision. */
const rounding = (name: string) => ({ rel: name.startsWith("MONAI") ? 1e-6 : 1e-12 });

describe("evaluateCase beside other packages", () => {
  for (const { name, pair, voxels, packages } of peerCases())
    it(`returns what each says of ${name}, under its own name`, async () => {
      const values = await scoresOf(pair, { toleranceMm: () => PEER_TOLERANCE_MM });
      const sizeOf = (mask: ArrayLike<number>) => Array.from(mask).reduce((sum, value) => sum + value, 0);
      assert.deepEqual([sizeOf(pair.prediction), sizeOf(pair.reference)], voxels);
      // What an empty mask makes of a distance, each package says otherwise: see conventions.test.ts.
      const isEmpty = voxels.includes(0);
      let compared = 0;
      for (const [peer, theirs] of Object.entries(packages))
        for (const [metric, wanted] of Object.entries(theirs)) {
          if (wanted === null || wanted === Infinity || metric.endsWith("in voxels")) continue;
          if (isEmpty && (Number.isNaN(values[metric]) || metric === "precision" || metric === "recall")) continue;
          assertClose(values[metric], wanted, rounding(peer));
          compared++;
        }
      assert.ok(compared >= (isEmpty ? 3 : 26), `${compared} values compared`);
    });
});
