import { Argument, type Command } from "commander";
import { benchmarkSpecSchema, cascadeConfigSchema, planSchema, trainingConfigSchema } from "../../pipeline/index.ts";
import type { CommandContext } from "../command-context.ts";

/** JSON that people write, and its schema. */
const schemas = {
  training: trainingConfigSchema,
  cascade: cascadeConfigSchema,
  plan: planSchema,
  benchmark: benchmarkSpecSchema,
} as const;

/** `rarevox schema`: what may be said in the files that training and benchmarks read; `rarevox bundle schema` has a bundle's. */
export function registerSchema(program: Command, _context: CommandContext): void {
  program
    .command("schema")
    .description(
      "print the JSON Schema of the settings of training or of a cascade, of a plan or of a benchmark's specification",
    )
    .addArgument(new Argument("<kind>").choices(Object.keys(schemas)))
    .action((kind: keyof typeof schemas) => {
      process.stdout.write(`${JSON.stringify(schemas[kind], undefined, 2)}\n`);
    });
}
