import * as fc from "fast-check";
import type { Dialect, Value } from "../../../models/graph/builder.ts";
import { averagePool, globalAveragePool, maxPool, resize } from "../../../models/graph/operators/index.ts";
import { checkGradients } from "../../support/gradient-check.ts";

const small = (most: number, least = 1) => fc.integer({ min: least, max: most });

const axis = fc
  .record({
    kernel: small(3),
    stride: small(3),
    dilation: small(2),
    begin: small(2, 0),
    end: small(2, 0),
    extra: small(4, 0),
  })
  .filter(({ kernel, begin, end }) => begin < kernel && end < kernel);

const pooling = fc.record({
  seed: fc.integer(),
  dialect: fc.constantFrom<Dialect>("cpu", "standard"),
  axes: fc.array(axis, { minLength: 2, maxLength: 3 }),
});

/** No two values of an image of up to a thousand nearer than 0.02, so that the greatest stays the greatest. */
const apart = (uniform: () => number, index: number) => 0.04 * ((index * 389) % 1009) + 0.01 * uniform();

describe("gradients of pooling", () => {
  const holds = (build: (image: Value, window: ReturnType<typeof windowOf>) => Value, isDilated: boolean) =>
    fc.assert(
      fc.asyncProperty(pooling, ({ axes, seed, dialect }) => {
        const sides = axes.map(({ kernel, dilation, extra }) => (isDilated ? dilation : 1) * (kernel - 1) + 1 + extra);
        const inputs = [{ shape: [2, 2, ...sides], values: apart }];
        return checkGradients({ inputs, build: (image) => build(image, windowOf(axes)), dialect, seed, step: 0.002 });
      }),
      { numRuns: 60 },
    );
  const windowOf = (
    axes: readonly { kernel: number; stride: number; dilation: number; begin: number; end: number }[],
  ) => ({
    kernel: axes.map(({ kernel }) => kernel),
    strides: axes.map(({ stride }) => stride),
    dilations: axes.map(({ dilation }) => dilation),
    pads: [...axes.map(({ begin }) => begin), ...axes.map(({ end }) => end)],
  });

  it("agree with central differences for the greatest under any window", () => holds(maxPool, true));

  it("agree with central differences for the mean under any window", () =>
    holds((image, { dilations: _, ...window }) => averagePool(image, window), false));

  it("agree with central differences for the mean over windows side by side, and over everything", async () => {
    await checkGradients({
      inputs: [{ shape: [2, 3, 4, 6, 2] }],
      build: (image) => averagePool(image, { kernel: [2, 3, 1], strides: [2, 3, 1] }),
    });
    await checkGradients({ inputs: [{ shape: [2, 3, 4, 5] }], build: globalAveragePool });
  });
});

describe("gradients of resizing", () => {
  for (const mode of ["nearest", "linear"] as const)
    it(`agree with central differences, ${mode}, up and down, by whole and broken factors`, () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ side: small(5), scale: fc.constantFrom(1, 2, 3, 1.5, 0.5, 4) }), {
            minLength: 2,
            maxLength: 3,
          }),
          fc.constantFrom<Dialect>("cpu", "standard"),
          (axes, dialect) => {
            fc.pre(axes.every(({ side, scale }) => Number.isInteger(side * scale)));
            fc.pre(mode === "nearest" || axes.length === 2 || axes.every(({ side }) => side > 1));
            return checkGradients({
              inputs: [{ shape: [1, 2, ...axes.map(({ side }) => side)] }],
              build: (image) => resize(image, { scales: axes.map(({ scale }) => scale), mode }),
              dialect,
            });
          },
        ),
        { numRuns: 60 },
      ));
});
