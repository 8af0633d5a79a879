import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { repositoryRoot } from "./support/shared-data.ts";
import { firstCycle, type Import, importsIn, importsOf, packageOf, sourceFiles } from "./support/source-imports.ts";

/** Rooms of pipeline/, top first: a room imports only rooms below it. */
const rooms = [
  "index.ts",
  "batch",
  "benchmark",
  "segment-scan.ts",
  "train",
  "report",
  "stages",
  "evaluate",
  "runtime",
  "bundle",
  "io",
  "kernels",
  "volume",
];

/** Packages whose words are used all over: schemas in each schema file, options in each command. */
const manyDoors = ["@sinclair/typebox", "commander"];

/** Packages too heavy to be tied to, and the folder of the one file that may import each. */
const doors: Readonly<Record<string, string>> = {
  "onnxruntime-node": "pipeline/runtime/",
  sharp: "pipeline/io/",
  "dicom-parser": "pipeline/io/dicom/",
  dcmjs: "pipeline/io/",
  "itk-wasm": "pipeline/io/itk/",
  "@itk-wasm/image-io": "pipeline/io/itk/",
  "@itk-wasm/dicom": "pipeline/io/",
  yauzl: "pipeline/",
  yazl: "pipeline/",
  ajv: "pipeline/",
  protobufjs: "models/graph/",
  vega: "pipeline/report/",
  "vega-lite": "pipeline/report/",
  "csv-parse": "pipeline/io/",
  jstat: "pipeline/evaluate/statistics/",
  "@cornerstonejs/codec-charls": "pipeline/io/dicom/codecs/",
  "@cornerstonejs/codec-libjpeg-turbo-8bit": "pipeline/io/dicom/codecs/",
  "@cornerstonejs/codec-openjpeg": "pipeline/io/dicom/codecs/",
  "@cornerstonejs/codec-openjph": "pipeline/io/dicom/codecs/",
  "jpeg-lossless-decoder-js": "pipeline/io/dicom/codecs/",
};

const imports = sourceFiles(["pipeline", "models", "scripts", "fixtures"]).flatMap(importsOf);

describe("layering", () => {
  it("keeps models/ free of pipeline/, scripts/ and fixtures/", () => {
    assert.deepEqual(arrowsBetween(imports, "models/", ["pipeline/", "scripts/", "fixtures/"]), []);
  });

  it("keeps pipeline/ free of scripts/ and fixtures/", () => {
    assert.deepEqual(arrowsBetween(imports, "pipeline/", ["scripts/", "fixtures/"]), []);
  });

  it("keeps all of them free of test/", () => {
    assert.deepEqual(arrowsBetween(imports, "", ["test/"]), []);
  });

  it("lets a room of pipeline/ import only rooms below it", () => {
    assert.deepEqual(imports.filter(isUpward), []);
  });

  it("has no file in pipeline/ outside a known room", () => {
    const stray = sourceFiles(["pipeline"]).filter((file) => !rooms.includes(roomOf(file) ?? ""));
    assert.deepEqual(stray, []);
  });

  it("lets scripts/, its benchmarks apart, import of pipeline/ only the public index", () => {
    const inner = arrowsBetween(imports, "scripts/", ["pipeline/"]).filter(
      ({ from, to }) => !from.startsWith("scripts/bench/") && to !== "pipeline/index.ts",
    );
    assert.deepEqual(inner, []);
  });

  it("opens each heavy dependency through one file, in the folder that its work belongs to", () => {
    for (const [name, folder] of Object.entries(doors)) {
      const stray = importersOf(imports, name).filter((file) => !file.startsWith(folder));
      assert.deepEqual(stray, [], `${name} is imported outside ${folder}`);
    }
  });

  it("opens each dependency through one file, those of schemas and commands apart", () => {
    const names = new Set(imports.flatMap((each) => packageOf(each) ?? []));
    for (const name of names) {
      const files = importersOf(imports, name);
      assert.ok(files.length === 1 || manyDoors.includes(name), `${name} is imported by ${files.join(", ")}`);
    }
  });

  it("imports only packages that package.json names as dependencies", () => {
    const { dependencies } = JSON.parse(readFileSync(new URL("package.json", repositoryRoot), "utf8"));
    const unnamed = imports.filter((each) => !((packageOf(each) ?? "ajv") in dependencies));
    assert.deepEqual(unnamed, []);
  });

  it("has no cycle", () => {
    assert.deepEqual(firstCycle(imports), undefined);
  });
});

describe("the layering test", () => {
  it("sees imports of one and of several lines, of types, re-exports, dynamic ones, and resolved files", () => {
    const text = [
      'import { a,\n  b } from "./one.ts";',
      'import type { C } from "../volume/two.ts";',
      'export { d } from "./three.ts";',
      'import "side-effect";',
      'const e = await import("@scope/name/inner");',
      'const f = createRequire(import.meta.url).resolve("fonts/sans.ttf");',
      'const text = "import nothing from here";',
    ].join("\n");
    assert.deepEqual(
      importsIn(text, "pipeline/io/file.ts").map(({ to }) => to),
      [
        "pipeline/io/one.ts",
        "pipeline/volume/two.ts",
        "pipeline/io/three.ts",
        "side-effect",
        "@scope/name/inner",
        "fonts/sans.ttf",
      ],
    );
  });

  it("finds a room that imports the one above it, and lets it import the one below", () => {
    assert.ok(isUpward({ from: "pipeline/kernels/a.ts", to: "pipeline/io/b.ts" }));
    assert.ok(!isUpward({ from: "pipeline/io/b.ts", to: "pipeline/kernels/a.ts" }));
  });

  it("counts what lies below a package, scoped or not, as the package", () => {
    const nameOf = (to: string) => packageOf({ from: "a.ts", to });
    assert.deepEqual(["sharp", "csv/sync", "@codecs/jpeg/wasm"].map(nameOf), ["sharp", "csv", "@codecs/jpeg"]);
    assert.deepEqual(["node:fs", "pipeline/index.ts"].map(nameOf), [undefined, undefined]);
  });

  it("finds a cycle of two files and none in a chain", () => {
    const chain = [
      { from: "a", to: "b" },
      { from: "b", to: "c" },
    ];
    assert.equal(firstCycle(chain), undefined);
    assert.deepEqual(firstCycle([...chain, { from: "c", to: "b" }]), ["b", "c", "b"]);
  });
});

function arrowsBetween(edges: readonly Import[], from: string, forbidden: readonly string[]): readonly Import[] {
  return edges.filter((each) => each.from.startsWith(from) && forbidden.some((room) => each.to.startsWith(room)));
}

function importersOf(edges: readonly Import[], name: string): readonly string[] {
  return [...new Set(edges.filter((each) => packageOf(each) === name).map(({ from }) => from))];
}

function isUpward({ from, to }: Import): boolean {
  const [source, target] = [roomOf(from), roomOf(to)];
  return source !== undefined && target !== undefined && rooms.indexOf(source) > rooms.indexOf(target);
}

function roomOf(path: string): string | undefined {
  const [half, room] = path.split("/");
  return half === "pipeline" ? room : undefined;
}
