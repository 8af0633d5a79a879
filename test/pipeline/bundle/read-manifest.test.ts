import { strict as assert } from "node:assert";
import type { BundleManifest } from "../../../pipeline/bundle/manifest-schema.ts";
import { classIdsOf, readManifest } from "../../../pipeline/bundle/read-manifest.ts";
import { isNamedError, type Problem } from "../../../pipeline/volume/errors.ts";
import { codeOf, filesUnder, tinyManifest } from "../../support/tiny-bundle.ts";

/** Why a manifest is refused: an object that changes the tiny one, or a text. */
function problemOf(changes: Readonly<Record<string, unknown>> | string | Uint8Array): Problem {
  const isText = typeof changes === "string" || changes instanceof Uint8Array;
  const source = isText ? changes : JSON.stringify({ ...tinyManifest, ...changes });
  try {
    readManifest(source, "bundle.json");
  } catch (error) {
    assert.ok(isNamedError(error), String(error));
    assert.ok(error.message.length < 2000 && !/\p{Cc}/u.test(error.message), error.message);
    return error.problem;
  }
  return assert.fail("expected a refusal");
}

const text = JSON.stringify(tinyManifest);
const [appendix] = tinyManifest.classes;
const [network] = tinyManifest.networks;

/** Changes of the tiny manifest's class and what is named after it. */
function named(name: unknown): Readonly<Record<string, unknown>> {
  const output = { ...network.output, channels: [name] };
  return { classes: [{ ...appendix, name }], networks: [{ ...network, output }] };
}

/** Two regions, the first with a place to look in when nothing is found of it. */
function withPrior(prior: object): Readonly<Record<string, unknown>> {
  const region = { classes: ["appendix"], marginMm: [5, 5, 5], keep: "largest" };
  const regions = [
    { ...region, name: "r", priors: [prior], widen: { factor: 1.5, times: 2 } },
    { ...region, name: "other" },
  ];
  const stages = { locate: { network: "whole", regions }, segment: [{ network: "whole", region: "r" }] };
  return { stages: { ...stages, conflicts: "most-probable" } };
}

const beside = { kind: "near", region: "other", startMm: [-1, 0, -1], stopMm: [1, 1, 1] } as const;

describe("readManifest", () => {
  it("gives what a good one says", () => assert.deepEqual(readManifest(text, "bundle.json"), tinyManifest));

  it("takes regions with places to look in when nothing is found, and how they grow", () => {
    const changes = withPrior(beside);
    assert.deepEqual(
      readManifest(JSON.stringify({ ...tinyManifest, ...changes }), "bundle.json").stages,
      changes.stages,
    );
  });

  it("names the JSON pointer, what was found and what is allowed", () => {
    const { where, expected, got } = problemOf({ networks: [{ ...network, interpolation: "magic" }] });
    assert.equal(where, "bundle.json#/networks/0/interpolation");
    assert.match(expected, /"nearest", "linear", "cubic", "anisotropic"/);
    assert.equal(got, '"magic"');
  });

  it("M27 refuses a class count that the network does not give, with M_LABELS", async () => {
    const classes = [appendix, { ...appendix, id: 4, name: "cecum" }];
    const output = { ...network.output, channels: ["appendix", "cecum"] };
    assert.equal(await codeOf(filesUnder({ classes, networks: [{ ...network, output }] })), "M_LABELS");
  });

  for (const [what, classes] of [
    ["id 0", [{ ...appendix, id: 0 }]],
    ["id 65536", [{ ...appendix, id: 65536 }]],
    ["id 1.5", [{ ...appendix, id: 1.5 }]],
    ["an id twice", [appendix, { ...appendix, name: "cecum" }]],
    ["a name twice", [appendix, { ...appendix, id: 4 }]],
    ["the name background", [{ ...appendix, name: "background" }]],
    ["no class", []],
  ] as const)
    it(`M28 refuses ${what} with M_LABELS`, () => assert.equal(problemOf({ classes }).code, "M_LABELS"));

  for (const [what, name] of [
    ["10 KB", "x".repeat(10_240)],
    ["65 letters", "x".repeat(65)],
    ["no letter", ""],
    ["spaces only", "   "],
    ["a line break", "a\nb"],
    ["an escape character", "\u001b[31mred"],
    ["a right-to-left override", "a\u202eb"],
    ["a NUL", "a\0b"],
    ["a number", 7],
  ] as const)
    it(`M29 refuses a class name of ${what} with M_LABELS`, () =>
      assert.equal(problemOf(named(name)).code, "M_LABELS"));

  for (const name of ["../../x", "<script>alert(1)</script>", "虫垂", "x".repeat(64)])
    it(`M29 takes ${JSON.stringify(name.slice(0, 20))} as a name: it is text and never a path`, () =>
      assert.equal(readManifest(JSON.stringify({ ...tinyManifest, ...named(name) }), "b").classes[0].name, name));

  for (const [what, source] of [
    ["11 MiB", `${" ".repeat(11 * 2 ** 20)}${text}`],
    ["100,000 levels of arrays", `{"classes":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["100,000 levels of objects", '{"a":'.repeat(100_000)],
    ["__proto__", text.replace("{", '{"__proto__":{"polluted":1},')],
    ["an escaped __proto__", text.replace("{", '{"\\u005f_proto__":{"polluted":1},')],
    ["constructor", text.replace("{", '{"constructor":{"prototype":{"polluted":1}},')],
    ["a key twice", text.replace("{", '{"name":"other",')],
    ["NaN", text.replace('"overlap":0', '"overlap":NaN')],
    ["Infinity", text.replace('"overlap":0', '"overlap":1e999')],
    ["a byte order mark", `\ufeff${text}`],
    ["bytes that are not UTF-8", Buffer.from(text.replace("Tests", "T\u00e9sts"), "latin1")],
    ["UTF-16", Buffer.from(text, "utf16le")],
    ["a comment", `// mine\n${text}`],
    ["half a document", text.slice(0, 200)],
    ["nothing", ""],
    ["null", "null"],
    ["an array", "[]"],
    ["an unknown key", text.replace("{", '{"nmae":"x",')],
  ] as const)
    it(`M30 refuses ${what} with M_MANIFEST`, () => {
      assert.equal(problemOf(source).code, "M_MANIFEST");
      assert.equal(({} as Record<string, unknown>).polluted, undefined);
    });

  for (const [what, spacingMm] of [
    ["0", [0, 1, 1]],
    ["a negative number", [1, -1, 1]],
    ["a text", [1, "1", 1]],
    ["two numbers", [1, 1]],
    ["101 mm", [1, 1, 101]],
    ["another word", "isotropic"],
  ] as const)
    it(`M31 refuses a spacing of ${what} with M_MANIFEST`, () =>
      assert.equal(problemOf({ networks: [{ ...network, spacingMm }] }).code, "M_MANIFEST"));

  it("M32 takes a class without codes, which a DICOM SEG will refuse, and refuses a code that is none", () => {
    assert.equal(tinyManifest.classes[0].type, undefined);
    const type = { scheme: "SCT", value: "66754008", meaning: "Appendix" };
    for (const wrong of [{ scheme: "sct" }, { value: "66 754" }, { value: "" }, { meaning: "a\nb" }]) {
      const classes = [{ ...appendix, type: { ...type, ...wrong } }];
      assert.equal(problemOf({ classes }).code, "M_LABELS", JSON.stringify(wrong));
    }
  });

  it("M33 refuses a newer manifest version with M_VERSION and says which one it can read", () => {
    const problem = problemOf(text.replace("rarevox-bundle/1", "rarevox-bundle/2").replace("{", '{"news":1,'));
    assert.equal(problem.code, "M_VERSION");
    assert.match(problem.expected, /rarevox-bundle\/1/);
    assert.match(problem.next, /newer rarevox/);
  });

  for (const [what, pointer, changes] of [
    ["a file outside the bundle", "/networks/0/file", { networks: [{ ...network, file: "../tiny.onnx" }] }],
    ["an absolute file", "/networks/0/file", { networks: [{ ...network, file: "/tmp/tiny.onnx" }] }],
    ["a stage without its network", "/stages/segment/0/network", { stages: { segment: [{ network: "fine" }] } }],
    [
      "a region nobody locates",
      "/stages/segment/0/region",
      { stages: { segment: [{ network: "whole", region: "r" }] } },
    ],
    ["a prior beside no region", "/stages/locate/regions/0/priors/0/region", withPrior({ ...beside, region: "gut" })],
    ["a prior beside itself", "/stages/locate/regions/0/priors/0/region", withPrior({ ...beside, region: "r" })],
    [
      "a prior that is no box",
      "/stages/locate/regions/0/priors/0/stopMm/1",
      withPrior({ ...beside, stopMm: [1, 0, 1] }),
    ],
    [
      "a prior that is no part of the field",
      "/stages/locate/regions/0/priors/0/stop/2",
      withPrior({ kind: "field", start: [0, 0, 0.5], stop: [1, 1, 0.5] }),
    ],
    ["a clean-up of no class", "/refine/0/class", { refine: [{ class: "liver" }] }],
    ["a score of no class", "/scores/0/class", { scores: [{ class: "liver", metric: "dice", mean: 1, data: "x" }] }],
    ["a name twice among networks", "/networks/1", { networks: [network, network] }],
    [
      "patches that are no multiples",
      "/networks/0/patch/largest",
      { networks: [{ ...network, patch: { kind: "multiple-of", step: [1, 1, 3], largest: [8, 8, 8] } }] },
    ],
    [
      "percentiles the wrong way round",
      "/input/channels/0/normalisation/upper",
      {
        input: {
          channels: [{ name: "CT", normalisation: { kind: "percentile", over: "volume", lower: 99, upper: 1 } }],
        },
      },
    ],
    [
      "background beside sigmoids",
      "/networks/0/output/channels",
      { networks: [{ ...network, output: { ...network.output, channels: ["background", "appendix"] } }] },
    ],
  ] as const)
    it(`refuses ${what}`, () => assert.equal(problemOf(changes).where, `bundle.json#${pointer}`));
});

describe("classIdsOf", () => {
  it("gives 0 for background, the class's id, and ids above all of them for what only locating needs", () => {
    const manifest: BundleManifest = { ...tinyManifest, classes: [appendix, { ...appendix, id: 9, name: "cecum" }] };
    const output = { kind: "logits", channels: ["background", "bowel", "cecum", "appendix", "bone"] } as const;
    assert.deepEqual(classIdsOf(manifest, { ...network, output }), [0, 10, 9, 3, 11]);
  });
});
