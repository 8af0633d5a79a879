import { strict as assert } from "node:assert";
import { methodLooks } from "../../../pipeline/report/method-looks.ts";

describe("methodLooks", () => {
  it("gives eight methods a colour each", () => {
    const looks = methodLooks(grid(4, 2));
    assert.equal(new Set(looks.map(({ color }) => color)).size, 8);
    assert.deepEqual(new Set(looks.map(({ dash }) => dash.length)), new Set([0]));
  });

  it("tells more by the colour of the training and the dashes and shape of the network", () => {
    const looks = methodLooks(grid(3, 4));
    assert.equal(new Set(looks.map(({ color }) => color)).size, 4);
    assert.equal(looks[0].color, looks[4].color);
    assert.equal(looks[0].shape, looks[3].shape);
    assert.equal(new Set(looks.map(({ color, dash }) => `${color} ${dash}`)).size, 12);
    assert.equal(new Set(looks.map(({ color, shape }) => `${color} ${shape}`)).size, 12);
  });

  it("tells ten networks that are trained the same way apart", () => {
    assert.equal(new Set(methodLooks(grid(10, 1)).map(({ color, dash }) => `${color} ${dash}`)).size, 10);
  });
});

function grid(networks: number, trainings: number) {
  return Array.from({ length: networks * trainings }, (_, n) => {
    const [network, training] = [`n${Math.floor(n / trainings)}`, `t${n % trainings}`];
    return { key: `${network}/${training}`, network, training };
  });
}
