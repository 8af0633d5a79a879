import { strict as assert } from "node:assert";
import { architectures } from "../../models/architectures/index.ts";
import { imbalanceMethods } from "../../pipeline/index.ts";
import { runCli } from "../support/cli.ts";

interface Listing {
  readonly architectures: readonly { kind: string; variant: string; parameters: number; source: string }[];
  readonly imbalance: readonly { name: string }[];
}

describe("rarevox models list", function () {
  this.timeout(30_000);

  it("has a line for each published form of each architecture, with its parameters and source", async () => {
    const { code, stdout } = await runCli(["models", "list", "--json"]);
    assert.equal(code, 0);
    const { architectures: listed, imbalance }: Listing = JSON.parse(stdout);
    const expected = architectures.flatMap(({ schema, variants }) =>
      Object.keys(variants).map((variant) => `${schema.properties.kind.const} ${variant}`),
    );
    assert.deepEqual(
      listed.map(({ kind, variant }) => `${kind} ${variant}`),
      expected,
    );
    assert.deepEqual(
      imbalance.map(({ name }) => name),
      imbalanceMethods.map(({ name }) => name),
    );
    for (const { parameters, source } of listed) assert.ok(parameters > 1e4 && source.length > 10);
  });

  it("shows the same as a table, in millions", async () => {
    const { code, stdout } = await runCli(["models", "list"]);
    assert.equal(code, 0);
    assert.match(stdout, /│ unet +│ plain +│ +16\.55 M │/);
  });
});
