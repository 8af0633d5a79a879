import type { Command } from "commander";
import { type ArchitectureDescription, describeArchitectures } from "../../models/architectures/describe.ts";
import type { CommandContext } from "../command-context.ts";
import { numberColumns, tableOf, textColumns } from "../table.ts";

/** `rarevox models`: the networks that can be trained. */
export function registerModels(program: Command, _context: CommandContext): void {
  const models = program.command("models").description("the networks that can be trained");
  models
    .command("list")
    .description("list every architecture, its published sizes, how many parameters they have and where they come from")
    .option("--json", "print one JSON document instead of a table")
    .addHelpText(
      "after",
      `
Parameters are counted for one channel, patches of 96 x 96 x 96 and 14 classes. Name one in the training settings:
  { "schema": "rarevox-training/1", "network": { "kind": "unet", "encoder": "residual" } }
rarevox schema training shows what may be said of each.`,
    )
    .action(({ json }: { json?: boolean }) => {
      const found = describeArchitectures();
      process.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : `${modelsTable(found)}\n`);
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
