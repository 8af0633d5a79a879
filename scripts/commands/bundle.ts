import type { Command } from "commander";
import {
  initBundle,
  initManifest,
  isNamedError,
  loadBundle,
  manifestSchema,
  placeholdersIn,
  textOf,
} from "../../pipeline/index.ts";
import { printBundle } from "../bundle-tables.ts";
import type { CommandContext } from "../command-context.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { printable } from "../terminal.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** `rarevox bundle`: looks at model bundles, and begins new ones. */
export function registerBundle(program: Command, context: CommandContext): void {
  const bundle = program
    .command("bundle")
    .description("check, show and begin model bundles: a folder or .zip with bundle.json and ONNX files")
    .addHelpText(
      "after",
      `
Examples:
  rarevox bundle init model.onnx         begin a manifest beside a network, for a person to complete
  rarevox bundle validate my-bundle/     check everything: manifest, hashes, graphs, weights
  rarevox bundle inspect abdomen-phantom
  rarevox bundle schema > bundle.schema.json`,
    );
  addValidate(bundle, context);
  addInspect(bundle, context);
  addInit(bundle, context);
  addSchema(bundle);
}

function addValidate(bundle: Command, context: CommandContext): void {
  bundle
    .command("validate")
    .description("check bundles as a run would: manifest, hashes, graphs, weights")
    .argument("<bundle...>", "folder, .zip archive, or name of a bundle that ships with rarevox")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  rarevox bundle validate my-bundle/
  rarevox bundle validate *.zip --json | jq '.[] | select(.valid | not)'

Exit code 2 when one of them cannot be used.`,
    )
    .action(async (paths: string[], { json = false }: JsonOption) => {
      const found = [];
      for (const path of paths) found.push(await verdictOf(path, context));
      if (json) printJson(found.map(({ exitCode: _, ...verdict }) => verdict));
      else for (const { path, problem, summary } of found) say(`${path}: ${problem ? textOf(problem) : summary}`);
      context.setExitCode(Math.max(...found.map(({ exitCode }) => exitCode)));
    });
}

/** Whether a bundle can be used, and what keeps it from that. */
async function verdictOf(path: string, { signal }: CommandContext) {
  try {
    const { manifest, sha256, close } = await loadBundle(path, { signal });
    await close();
    const { name, version, networks, classes } = manifest;
    const summary = `valid, ${name} ${version}, ${networks.length} networks, ${classes.length} classes`;
    return { path, valid: true, sha256, summary, exitCode: 0 };
  } catch (error) {
    if (!isNamedError(error)) throw error;
    return { path, valid: false, problem: error.problem, exitCode: exitCodeOf(error) };
  }
}

function addInspect(bundle: Command, context: CommandContext): void {
  bundle
    .command("inspect")
    .description("show what a bundle finds, how it runs, where it comes from and how well it did")
    .argument("<bundle>", "folder, .zip archive, or name of a bundle that ships with rarevox")
    .option("--json", "print the manifest, the files and the bundle's hash as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  rarevox bundle inspect abdomen-phantom
  rarevox bundle inspect hippocampus.zip --json | jq .manifest.classes`,
    )
    .action(async (path: string, { json = false }: JsonOption) => {
      const { close, ...loaded } = await loadBundle(path, { signal: context.signal });
      await close();
      const { sha256, manifest, files } = loaded;
      if (json) printJson({ path: loaded.path, sha256, manifest, files });
      else printBundle(loaded);
    });
}

function addInit(bundle: Command, context: CommandContext): void {
  bundle
    .command("init")
    .description("begin a manifest from what an ONNX file says; what it cannot say is marked FILL IN")
    .argument("<model.onnx>", "the network; bundle.json appears beside it")
    .option("--force", "overwrite a bundle.json that is there")
    .option("--json", "print the manifest and write nothing")
    .addHelpText(
      "after",
      `
Examples:
  rarevox bundle init my-bundle/model.onnx
  rarevox bundle validate my-bundle/        names what is still to be filled in`,
    )
    .action(async (model: string, { json = false, force = false }: JsonOption & { readonly force?: boolean }) => {
      const manifest = await initManifest(model);
      if (json) return printJson(manifest);
      const path = await initBundle(model, { overwrite: force });
      context.terminal().info(`Wrote ${path}; to be filled in: ${placeholdersIn(manifest).join(", ")}`);
    });
}

function addSchema(bundle: Command): void {
  bundle
    .command("schema")
    .description("print the JSON Schema of bundle.json")
    .addHelpText("after", "\nExamples:\n  rarevox bundle schema > bundle.schema.json")
    .action(() => printJson(manifestSchema));
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

function say(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}
