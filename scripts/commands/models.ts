import type { Command } from "commander";
import { type ArchitectureDescription, describeArchitectures } from "../../models/architectures/describe.ts";
import { imbalanceMethods } from "../../pipeline/index.ts";
import type { CommandContext } from "../command-context.ts";
import { numberColumns, tableOf, textColumns } from "../table.ts";

/** `rarevox models`: the networks that can be trained. */
export function registerModels(program: Command, _context: CommandContext): void {
  const models = program.command("models").description("the networks that can be trained");
  models
    .command("list")
    .description("list every architecture with its published sizes and parameters, and every method against imbalance")
    .option("--json", "print one JSON document instead of a table")
    .addHelpText(
      "after",
      `
Parameters are counted for one channel, patches of 96 x 96 x 96 and 14 classes. Name one and some methods in a command, or in
the training settings:
  rarevox train Dataset004/ --out runs/swin --architecture swin-unetr:tiny --imbalance focal,hamr-sampling
  { "schema": "rarevox-training/1", "network": { "kind": "unet", "encoder": "residual" }, "imbalance": ["focal"] }
rarevox schema training shows what may be said of each.`,
    )
    .action(({ json }: { json?: boolean }) => {
      const architectures = describeArchitectures();
      const imbalance = imbalanceMethods.map(({ name, title, source, part }) => ({ name, title, source, part }));
      const text = json
        ? JSON.stringify({ architectures, imbalance }, undefined, 2)
        : `${modelsTable(architectures)}\n\n${methodsTable()}`;
      process.stdout.write(`${text}\n`);
    });
}

function modelsTable(found: readonly ArchitectureDescription[]): string {
  const columns = [...textColumns("kind", "size"), ...numberColumns("parameters"), ...textColumns("what", "source")];
  const rows = found.map(({ kind, variant, parameters, title, source }) => [
    kind,
    variant,
    `${(parameters / 1e6).toFixed(2)} M`,
    title,
    source,
  ]);
  return tableOf(columns, rows);
}

function methodsTable(): string {
  const columns = textColumns("method against imbalance", "changes", "what", "source");
  return tableOf(
    columns,
    imbalanceMethods.map(({ name, part, title, source }) => [name, part, title, source]),
  );
}
