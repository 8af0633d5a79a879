import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { gradientsOf } from "../../../models/gradient/gradients.ts";

import { type Dialect, graphBuilder, type Value } from "../../../models/graph/builder.ts";
import * as operators from "../../../models/graph/operators/index.ts";
import { checkGradients, type InputSpec } from "../../support/gradient-check.ts";

const { abs, add, clip, concat, div, erf, exp, expand, gather, gelu, gemm, groupNorm, hardSigmoid, hardSwish } =
  operators;
const { instanceNorm, layerNorm, leakyRelu, log, logSoftmax, matmul, max, min, mul, neg, pad, pow } = operators;
const { reciprocal, reduceMax, reduceMean, reduceSum, relu, reshape, roll, sigmoid, silu, slice, softmax } = operators;
const { split, sqrt, sub, tanh, transpose, where, greater, batchNorm, stopGradient, meanOfAll, sumOfAll } = operators;

const small = (most: number, least = 1) => fc.integer({ min: least, max: most });
const dialects = fc.constantFrom<Dialect>("cpu", "standard");
const shapes = fc.array(small(4), { minLength: 1, maxLength: 4 });

/** Draws shapes and a dialect, and checks what a case makes of them. */
function holds(build: (shape: readonly number[]) => Case): Promise<void> {
  return fc.assert(
    fc.asyncProperty(shapes, dialects, fc.integer(), (shape, dialect, seed) =>
      checkGradients({ ...build(shape), dialect, seed }),
    ),
    { numRuns: 25 },
  );
}

interface Case {
  readonly inputs: readonly InputSpec[];
  readonly build: (...values: readonly Value[]) => Value;
}

type Fill = NonNullable<InputSpec["values"]>;

/** At least 0.1 away from some points, where a function has a kink. */
const awayFrom =
  (...kinks: readonly number[]): Fill =>
  (uniform) => {
    for (;;) {
      const value = 4 * uniform();
      if (kinks.every((kink) => Math.abs(value - kink) > 0.1)) return value;
    }
  };

const positive: Fill = (uniform) => 1.2 + uniform();

/** No two values nearer than 0.05, so that the greatest stays the greatest. */
const apart: Fill = (uniform, index) => 0.2 * ((index * 7) % 23) + 0.05 * uniform();

describe("gradient rules of one input", () => {
  const functions: readonly (readonly [name: string, build: (value: Value) => Value, values?: Fill])[] = [
    ["neg", neg],
    ["relu", relu, awayFrom(0)],
    ["leakyRelu", (value) => leakyRelu(value, { slope: 0.1 }), awayFrom(0)],
    ["sigmoid", sigmoid],
    ["tanh", tanh],
    ["exp", exp],
    ["log", log, positive],
    ["sqrt", sqrt, positive],
    ["reciprocal", reciprocal, positive],
    ["abs", abs, awayFrom(0)],
    ["erf", erf],
    ["gelu", gelu],
    ["silu", silu],
    ["hardSwish", hardSwish, awayFrom(-3, 3)],
    ["hardSigmoid", (value) => hardSigmoid(value, { slope: 0.3, offset: 0.4 }), awayFrom(-4 / 3, 2)],
    ["clip", (value) => clip(value, { low: -1, high: 0.5 }), awayFrom(-1, 0.5)],
    ["a power of 3", (value) => pow(value, value.graph.floats([3])), positive],
  ];
  for (const [name, build, values] of functions)
    it(`${name} agrees with central differences`, () =>
      holds((shape) => ({ inputs: [{ shape, ...(values === undefined ? {} : { values }) }], build })));
});

describe("gradient rules of two inputs", () => {
  const functions: readonly (readonly [name: string, build: (first: Value, second: Value) => Value, values?: Fill])[] =
    [
      ["add", add],
      ["sub", sub],
      ["mul", mul],
      ["div", div, positive],
      ["pow", pow, positive],
      ["max", max, apart],
      ["min", min, apart],
    ];
  for (const [name, build, values] of functions)
    it(`${name} agrees with central differences, whichever of the two stretches`, () =>
      holds((shape) => {
        const given = values === undefined ? {} : { values };
        const stretched = shape.map((side, axis) => (axis % 2 === 0 ? 1 : side));
        const other = { shape: stretched, ...(values === apart ? { values: shifted } : given) };
        const own = { shape: shape.map((side, axis) => (axis % 2 === 1 ? 1 : side)), ...given };
        return { inputs: [own, other], build };
      }));

  const shifted: Fill = (uniform, index) => 0.1 + 0.2 * ((index * 5) % 23) + 0.01 * uniform();

  it("where sends the gradient to what was taken", () =>
    holds((shape) => ({
      inputs: [{ shape, values: awayFrom(0) }, { shape }, { shape: shape.map(() => 1) }],
      build: (drawn, yes, no) => add(drawn, where(greater(drawn, drawn.graph.floats([0])), yes, no)),
    })));

  it("matmul agrees with central differences, either factor swapped, batches stretched", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({ b: small(3), m: small(4), k: small(4), n: small(4), first: fc.boolean(), second: fc.boolean() }),
        dialects,
        ({ b, m, k, n, first, second }, dialect) =>
          checkGradients({
            inputs: [{ shape: [b, 2, ...(first ? [k, m] : [m, k])] }, { shape: [1, 2, ...(second ? [n, k] : [k, n])] }],
            build: (left, right) => matmul(left, right, { transposeFirst: first, transposeSecond: second }),
            dialect,
          }),
      ),
      { numRuns: 40 },
    ));

  it("gemm agrees with central differences, with an offset and without", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({ m: small(4), k: small(4), n: small(4), hasBias: fc.boolean() }),
        dialects,
        ({ m, k, n, hasBias }, dialect) =>
          checkGradients({
            inputs: [{ shape: [m, k] }, { shape: [n, k] }, ...(hasBias ? [{ shape: [n] }] : [])],
            build: (rows, weight, bias) => gemm(rows, { weight, ...(hasBias ? { bias } : {}) }),
            dialect,
          }),
      ),
      { numRuns: 20 },
    ));
});

describe("gradient rules that move elements", () => {
  const image = [2, 3, 5, 4];
  const cases: Readonly<Record<string, (value: Value) => Value>> = {
    reshape: (value) => reshape(value, [6, 20]),
    transpose: (value) => transpose(value, [2, 0, 3, 1]),
    "slice, forwards in steps": (value) => slice(value, [{ axis: 2, from: 1, to: 5, step: 2 }]),
    "slice, backwards": (value) => slice(value, [{ axis: 2, from: 3, to: -1, step: -2 }]),
    "slice of two axes": (value) =>
      slice(
        value,
        [1, 3].map((axis) => ({ axis, from: 1, to: 3 })),
      ),
    pad: (value) => pad(value, { pads: [0, 1, 2, 0, 0, 0, 1, 3] }),
    "pad that cuts": (value) => pad(value, { pads: [0, 0, -1, 0, 0, 0, -2, 1] }),
    roll: (value) =>
      roll(value, [
        { axis: 2, by: 3 },
        { axis: 3, by: -1 },
      ]),
    "gather in another order": (value) => gather(value, value.graph.ints([2, 0, 1]), { axis: 1 }),
    "gather, one entry twice": (value) => gather(value, value.graph.ints([2, 0, 2, 2]), { axis: 1 }),
    expand: (value) => expand(slice(value, [{ axis: 1, from: 0, to: 1 }]), [2, 4, 5, 4]),
  };
  for (const [name, build] of Object.entries(cases))
    it(`${name} agrees with central differences`, async () => {
      for (const dialect of ["cpu", "standard"] as const)
        await checkGradients({ inputs: [{ shape: image }], build, dialect });
    });

  it("concat and split agree with central differences, a part unused", () =>
    checkGradients({
      inputs: [{ shape: [2, 3, 4] }, { shape: [2, 2, 4] }],
      build: (first, second) => {
        const [head, , tail] = split(concat([first, second, first], { axis: 1 }), { axis: 1, lengths: [4, 1, 3] });
        return concat([tail, mul(head, head)], { axis: 1 });
      },
    }));
});

describe("gradient rules that reduce or normalise", () => {
  const image = { shape: [2, 4, 3, 5] };
  const perChannel = { shape: [4] };
  const cases: Readonly<Record<string, Case>> = {
    reduceSum: { inputs: [image], build: (value) => reduceSum(value, { axes: [0, 2] }) },
    reduceMean: { inputs: [image], build: (value) => reduceMean(value, { axes: [1, 3] }) },
    reduceMax: { inputs: [{ ...image, values: apart }], build: (value) => reduceMax(value, { axes: [2] }) },
    sumOfAll: { inputs: [image], build: sumOfAll },
    meanOfAll: { inputs: [image], build: meanOfAll },
    "softmax over channels": { inputs: [image], build: (value) => softmax(value, { axis: 1 }) },
    "softmax over the last axis": { inputs: [image], build: (value) => softmax(value, { axis: -1 }) },
    logSoftmax: { inputs: [image], build: (value) => logSoftmax(value, { axis: 1 }) },
    instanceNorm: {
      inputs: [image, perChannel, perChannel],
      build: (value, scale, bias) => instanceNorm(value, { scale, bias }),
    },
    groupNorm: {
      inputs: [image, perChannel, perChannel],
      build: (value, scale, bias) => groupNorm(value, { scale, bias, groups: 2 }),
    },
    layerNorm: {
      inputs: [{ shape: [2, 3, 4] }, perChannel, perChannel],
      build: (value, scale, bias) => layerNorm(value, { scale, bias }),
    },
    batchNorm: {
      inputs: [image, perChannel, perChannel],
      build: (value, scale, bias) => {
        const [mean, variance] = [
          value.graph.floats([0.1, 0.2, -0.3, 0], [4]),
          value.graph.floats([1, 2, 0.5, 3], [4]),
        ];
        return batchNorm(value, { scale, bias, mean, variance });
      },
    },
  };
  for (const [name, { inputs, build }] of Object.entries(cases))
    it(`${name} agrees with central differences`, async () => {
      for (const dialect of ["cpu", "standard"] as const) await checkGradients({ inputs, build, dialect });
    });
});

describe("gradientsOf", () => {
  it("adds up what comes back from each use of a value: d(x * x + 3 x) = 2 x + 3", async () => {
    const build = (x: Value) => add(mul(x, x), operators.scale(x, 3));
    await checkGradients({ inputs: [{ shape: [3] }], build });
  });

  it("gives the same gradients when blocks are computed a second time", () =>
    checkGradients({
      inputs: [{ shape: [2, 4] }, { shape: [4, 4] }],
      build: (x, weight) => {
        const block = (value: Value) => value.graph.segment(() => tanh(matmul(value, weight)));
        return block(block(block(x)));
      },
      recompute: true,
    }));

  it("computes each block of a chain twice when asked to", () => {
    const countOf = (recompute: boolean) => {
      const graph = graphBuilder("chain");
      let value = graph.input("x", [2, 2]);
      const weight = graph.input("w", [2, 2]);
      for (let n = 0; n < 3; n++) value = graph.segment(() => tanh(matmul(value, weight)));
      gradientsOf(sumOfAll(value), [weight], { recompute });
      return graph.operations.filter(({ op }) => op === "Tanh").length;
    };
    assert.deepEqual([countOf(false), countOf(true)], [3, 6]);
  });

  it("stops where it is told to: the gradient of stop(x) * x is stop(x)", () => {
    const graph = graphBuilder("stop");
    const x = graph.input("x", []);
    const [gradient] = gradientsOf(mul(stopGradient(x), x), [x]);
    const last = graph.operations.find(({ outputs }) => outputs[0].name === gradient.name);
    assert.deepEqual(
      last?.inputs.map((input) => graph.operations.find(({ outputs }) => outputs[0].name === input?.name)?.op),
      [undefined, "Identity"],
    );
  });

  it("refuses a loss that is no scalar, a value it does not depend on, and an operator without a rule, by name", () => {
    const graph = graphBuilder("refused");
    const [x, other] = [graph.input("x", [2]), graph.input("other", [2])];
    assert.throws(() => gradientsOf(x, [x]), /x: expected a scalar, got \[2\]/);
    assert.throws(() => gradientsOf(sumOfAll(x), [other]), /other: expected a value that the loss depends on/);
    const unknown = graph.node("Sin", [x], { type: "float32", shape: [2] });
    assert.throws(() => gradientsOf(sumOfAll(unknown), [x]), /expected an operator with a gradient.*got Sin/);
  });
});
