import { textWidth } from "../../../pipeline/report/text-width.ts";
import { assertClose } from "../../support/numbers.ts";

describe("textWidth", () => {
  // fontTools 4.38: TTFont("DejaVuSans.ttf")["hmtx"]: D 1577, i 569, c 1126, e 1260 of 2048 units.
  it("adds up what the packaged font's letters take", () => {
    assertClose(textWidth("Dice", 10), ((1577 + 569 + 1126 + 1260) / 2048) * 10, { abs: 0.02 });
  });

  it("grows with the font size, takes unknown letters for wide ones and nothing for no room", () => {
    assertClose(textWidth("W", 20), 2 * textWidth("W", 10), { abs: 1e-12 });
    assertClose(textWidth("肝", 10), 10, { abs: 1e-12 });
    assertClose(textWidth("", 10), 0, { abs: 0 });
  });
});
