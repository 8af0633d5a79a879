import { strict as assert } from "node:assert";
import fc from "fast-check";
import { dicomCielabOf, rgbOf } from "../../../../pipeline/io/dicom-seg/cielab.ts";
import { assertClose } from "../../../support/numbers.ts";

describe("dicomCielabOf", () => {
  it("puts white at FFFF 8080 8080 and black at 0 8080 8080, as PS3.3 C.10.7.1.1 scales them", () => {
    assert.deepEqual(dicomCielabOf([255, 255, 255]), [0xffff, 0x8080, 0x8080]);
    assert.deepEqual(dicomCielabOf([0, 0, 0]), [0, 0x8080, 0x8080]);
  });

  it("agrees with the colours that CSS Color 4 gives as lab()", () => {
    for (const [rgb, lab] of [
      [
        [255, 0, 0],
        [54.29, 80.81, 69.89],
      ],
      [
        [0, 255, 0],
        [87.82, -79.27, 80.99],
      ],
      [
        [0, 0, 255],
        [29.57, 68.3, -112.03],
      ],
    ] as const) {
      const [l, a, b] = dicomCielabOf(rgb);
      assertClose((l / 65535) * 100, lab[0], { abs: 0.02 });
      assertClose((a / 65535) * 255 - 128, lab[1], { abs: 0.03 });
      assertClose((b / 65535) * 255 - 128, lab[2], { abs: 0.03 });
    }
  });

  it("comes back as the same colour", () => {
    const channel = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(channel, channel, channel), (rgb) => {
        assert.deepEqual(rgbOf(dicomCielabOf(rgb)), rgb);
      }),
    );
  });
});
