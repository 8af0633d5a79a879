import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describeArchitectures } from "../../../models/architectures/describe.ts";
import { networkForeignNames, networkFrom } from "../../../models/architectures/index.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import { inferenceGraph } from "../../../models/inference-graph.ts";
import { listParameters } from "../../../models/training-step.ts";
import { readSafetensors } from "../../../pipeline/bundle/safetensors.ts";
import { openSession } from "../../../pipeline/runtime/onnx-runtime.ts";
import { readWeights } from "../../../pipeline/train/checkpoint.ts";
import { formulaImage, formulaWeights } from "../../support/formula-weights.ts";
import { type PublishedNetwork, publishedNetworks, publishedSizes } from "../../support/published-networks.ts";
import { repositoryRoot } from "../../support/shared-data.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { requireValidator, torchPython } from "../../support/validators.ts";

/** Of the greatest logit, or of 1: both compute in float32, in another order. */
const TOLERANCE = 1e-4;
const toleranceOf = (logits: Iterable<number>) =>
  TOLERANCE * [...logits].reduce((most, each) => Math.max(most, Math.abs(each)), 1);

const folder = temporaryFolder();
const contextOf = ({ stages = [] }: PublishedNetwork) => ({ stages, outputs: 3, heads: 1 });
const networkOf = (tested: PublishedNetwork) => networkFrom(tested.settings, contextOf(tested));

async function logitsOf(tested: PublishedNetwork, weights: ReadonlyMap<string, Float32Array>, data: Float32Array) {
  const [, channels, ...sides] = tested.image;
  const graph = inferenceGraph({ name: "compared", network: networkOf(tested), weights, channels, sides });
  const session = await openSession(encodeModel(graph), { provider: "cpu", threads: 1 });
  const found = await session.run({ data, shape: tested.image }, { output: "logits" });
  await session.close();
  return found.data;
}

describe("published networks", function () {
  this.timeout(120_000);

  it("have as many parameters here as there", () => {
    const described = new Map(
      describeArchitectures().map(({ kind, variant, parameters }) => [`${kind} ${variant}`, parameters]),
    );
    for (const [name, parameters] of publishedSizes) assert.equal(described.get(name), parameters, name);
  });

  for (const tested of publishedNetworks) {
    const { name, by, image, settings, logits = [] } = tested;

    if (logits.length > 0)
      it(`${name}: gives the published logits for weights of waves @slow`, async () => {
        const { weights, buffers } = listParameters(networkOf(tested), image);
        const programs = networkForeignNames(settings, contextOf(tested));
        const names = programs.find(({ program }) => program === tested.namesOf);
        const values = new Map(
          [...weights, ...buffers].map(({ name: own, shape }) => {
            const theirs = names === undefined ? own : names.namesOf(own)[0];
            return [own, formulaWeights({ name: theirs, shape }, { chirp: 0.11 })];
          }),
        );
        const length = image.reduce((product, side) => product * side, 1);
        const found = await logitsOf(tested, values, formulaImage(length));
        const step = Math.floor(found.length / 20);
        for (const [n, expected] of logits.entries())
          assert.ok(
            Math.abs(found[n * step] - expected) < toleranceOf(logits),
            `logit ${n * step}: ${found[n * step]}, ${expected}`,
          );
      });

    it(`${name}: takes a file of the program's own weights and gives its logits @slow`, async function () {
      requireValidator(this, by);
      const paths = ["weights", "logits"].map((each) => join(folder, `${name} ${each}.safetensors`));
      const script = new URL("test/support/published_networks.py", repositoryRoot).pathname;
      execFileSync(torchPython, [script, name, ...paths]);
      const { weights, buffers } = listParameters(networkOf(tested), image);
      const values = await readWeights(
        paths[0],
        [...weights, ...buffers],
        networkForeignNames(settings, contextOf(tested)),
      );
      const { tensors } = await readSafetensors(paths[1]);
      const found = await logitsOf(tested, values, tensors.get("image")?.data ?? assert.fail());
      const expected = tensors.get("logits")?.data ?? assert.fail();
      assert.equal(found.length, expected.length);
      const differences = found.map((value, i) => Math.abs(value - expected[i]));
      assert.ok(
        expected.some((each) => Math.abs(each - expected[0]) > 100 * TOLERANCE),
        "logits that differ",
      );
      const furthest = differences.reduce((most, each) => Math.max(most, each), 0);
      assert.ok(furthest < toleranceOf(expected), `${furthest} apart`);
    });
  }
});
