import { strict as assert } from "node:assert";
import { scheduleFrom } from "../../../models/optimisers/index.ts";
import { constant, cosine, poly, warmedUp } from "../../../models/optimisers/schedules.ts";

const close = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 1e-12, `${found}`);

describe("schedules", () => {
  it("poly starts at 1, is 0.5^0.9 half way, ends at 0 and stays there", () => {
    const schedule = poly({ steps: 100 });
    close(schedule(0), 1);
    close(schedule(50), 0.5 ** 0.9);
    close(schedule(100), 0);
    close(schedule(101), 0);
  });

  it("cosine starts at 1, is half way between 1 and its floor in the middle, and ends at the floor", () => {
    const schedule = cosine({ steps: 80, floor: 0.1 });
    close(schedule(0), 1);
    close(schedule(40), 0.55);
    close(schedule(80), 0.1);
    close(schedule(1000), 0.1);
  });

  it("warm-up rises in equal steps that start above 0, then lets the schedule begin", () => {
    const schedule = warmedUp(poly({ steps: 10, power: 1 }), { steps: 3 });
    [0.25, 0.5, 0.75, 1, 0.9].forEach((expected, step) => {
      close(schedule(step), expected);
    });
    close(warmedUp(constant, { steps: 4 })(7), 1);
  });

  it("ends a schedule with the run, warm-up included", () => {
    close(scheduleFrom({ kind: "poly" }, { steps: 50, warmUpSteps: 10 })(50), 0);
    close(scheduleFrom({ kind: "cosine" }, { steps: 50, warmUpSteps: 0 })(25), 0.5);
  });
});
