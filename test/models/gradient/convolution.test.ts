import * as fc from "fast-check";
import type { Dialect, Value } from "../../../models/graph/builder.ts";
import { conv, convTranspose } from "../../../models/graph/operators/index.ts";
import { checkGradients } from "../../support/gradient-check.ts";

const small = (most: number, least = 1) => fc.integer({ min: least, max: most });

/** How a kernel moves along one side. */
const axis = fc.record({
  kernel: small(3),
  stride: small(3),
  dilation: small(2),
  begin: small(2, 0),
  end: small(2, 0),
  extra: small(4, 0),
});

/** A convolution that fits its image, in two or three dimensions. */
const convolution = fc.record({
  batch: small(2),
  groups: small(2),
  inputs: small(3),
  outputs: small(3),
  seed: fc.integer(),
  dialect: fc.constantFrom<Dialect>("cpu", "standard"),
  axes: fc.array(axis, { minLength: 2, maxLength: 3 }),
});

type ConvolutionCase = typeof convolution extends fc.Arbitrary<infer T> ? T : never;

const windowOf = ({ axes }: ConvolutionCase) => ({
  strides: axes.map(({ stride }) => stride),
  dilations: axes.map(({ dilation }) => dilation),
  pads: [...axes.map(({ begin }) => begin), ...axes.map(({ end }) => end)],
});

describe("gradients of convolutions", () => {
  it("agree with central differences for any window, stride, dilation, padding and groups", () =>
    fc.assert(
      fc.asyncProperty(convolution, (drawn) => {
        const { batch, groups, inputs, outputs, axes, seed, dialect } = drawn;
        const sides = axes.map(({ kernel, dilation, extra }) => dilation * (kernel - 1) + 1 + extra);
        return checkGradients({
          inputs: [
            { shape: [batch, inputs * groups, ...sides] },
            { shape: [outputs * groups, inputs, ...axes.map(({ kernel }) => kernel)] },
            { shape: [outputs * groups] },
          ],
          build: (image, weight, bias) => conv(image, { weight, bias, groups, ...windowOf(drawn) }),
          dialect,
          seed,
        });
      }),
      { numRuns: 150 },
    ));

  it("agree with central differences for transposed convolutions", () =>
    fc.assert(
      fc.asyncProperty(convolution, (drawn) => {
        const { batch, groups, inputs, outputs, axes, seed, dialect } = drawn;
        const fits = axes.every(({ begin, end, kernel, dilation }) => begin + end <= dilation * (kernel - 1));
        fc.pre(fits && axes.every(({ dilation }) => dilation === 1));
        return checkGradients({
          inputs: [
            { shape: [batch, inputs * groups, ...axes.map(({ extra }) => extra + 1)] },
            { shape: [inputs * groups, outputs, ...axes.map(({ kernel }) => kernel)] },
          ],
          build: (image, weight) => convTranspose(image, { weight, groups, ...windowOf(drawn) }),
          dialect,
          seed,
        });
      }),
      { numRuns: 60 },
    ));

  it("leave out what a stride reaches of the padding at the end only", () =>
    checkGradients({
      inputs: [{ shape: [1, 1, 2, 1, 1] }, { shape: [1, 1, 1, 1, 1] }],
      build: (image: Value, weight: Value) => conv(image, { weight, strides: [2, 1, 1], pads: [0, 0, 0, 1, 0, 0] }),
    }));

  it("take more output than input channels, and fewer, through the same product", async () => {
    for (const [inputs, outputs] of [
      [5, 2],
      [2, 5],
    ])
      await checkGradients({
        inputs: [{ shape: [2, inputs, 5, 4, 6] }, { shape: [outputs, inputs, 3, 3, 3] }],
        build: (image: Value, weight: Value) => conv(image, { weight, pads: [1, 1, 1, 1, 1, 1] }),
      });
  });
});
