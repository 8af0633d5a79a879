import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { repositoryRoot } from "./support/shared-data.ts";

const root = fileURLToPath(repositoryRoot);

/** Rooms of pipeline/, top first: a room imports only rooms below it. */
const rooms = [
  "index.ts",
  "segment-scan.ts",
  "batch",
  "benchmark",
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

/** Packages that exactly one file may import. */
const oneDoor = [
  "onnxruntime-node",
  "sharp",
  "dicom-parser",
  "dcmjs",
  "itk-wasm",
  "@itk-wasm/image-io",
  "ajv",
  "protobufjs",
  "yauzl",
  "yazl",
];

interface Import {
  /** Path below the repository root. */
  readonly from: string;
  /** Path below the repository root, or the name of a package. */
  readonly to: string;
}

const imports = sourceFiles(["pipeline", "models", "scripts"]).flatMap(importsOf);

describe("layering", () => {
  it("keeps models/ free of pipeline/ and scripts/", () => {
    assert.deepEqual(offenders("models/", ["pipeline/", "scripts/"]), []);
  });

  it("keeps pipeline/ free of scripts/ and fixtures/", () => {
    assert.deepEqual(offenders("pipeline/", ["scripts/", "fixtures/"]), []);
  });

  it("lets a room of pipeline/ import only rooms below it", () => {
    const upward = imports.filter(({ from, to }) => {
      const [source, target] = [roomOf(from), roomOf(to)];
      return source !== undefined && target !== undefined && rooms.indexOf(source) > rooms.indexOf(target);
    });
    assert.deepEqual(upward, []);
  });

  it("has no file in pipeline/ outside a known room", () => {
    const stray = sourceFiles(["pipeline"]).filter((file) => !rooms.includes(roomOf(file) ?? ""));
    assert.deepEqual(stray, []);
  });

  it("opens each heavy dependency through one file", () => {
    for (const name of oneDoor) {
      const doors = new Set(imports.filter(({ to }) => to === name).map(({ from }) => from));
      assert.ok(doors.size <= 1, `${name} is imported by ${[...doors].join(", ")}`);
    }
  });

  it("has no cycle", () => {
    assert.deepEqual(firstCycle(imports), undefined);
  });
});

describe("firstCycle", () => {
  it("finds a cycle of two files and none in a chain", () => {
    const chain = [
      { from: "a", to: "b" },
      { from: "b", to: "c" },
    ];
    assert.equal(firstCycle(chain), undefined);
    assert.deepEqual(firstCycle([...chain, { from: "c", to: "b" }]), ["b", "c", "b"]);
  });
});

function offenders(from: string, forbidden: readonly string[]): readonly Import[] {
  return imports.filter((each) => each.from.startsWith(from) && forbidden.some((room) => each.to.startsWith(room)));
}

function roomOf(path: string): string | undefined {
  const [half, room] = path.split("/");
  return half === "pipeline" ? room : undefined;
}

function sourceFiles(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
}

/** Every import and re-export, of types too: a type is an arrow between rooms as much as a value. */
function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s*"([^"]+)"|import\("([^"]+)"\)|(?:^|\n)import\s+"([^"]+)"/g;
  return [...text.matchAll(pattern)].map((match) => {
    const target = match[1] ?? match[2] ?? match[3];
    const to = target.startsWith(".") ? relative(root, join(root, dirname(file), target)) : target;
    return { from: file, to };
  });
}

/** The files of one import cycle, the first again at the end. */
function firstCycle(edges: readonly Import[]): readonly string[] | undefined {
  const next = groupByFrom(edges);
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of next.get(file) ?? []) {
      const cycle = walk(target, [...trail, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = walk(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function groupByFrom(edges: readonly Import[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { from, to } of edges) groups.set(from, [...(groups.get(from) ?? []), to]);
  return groups;
}
