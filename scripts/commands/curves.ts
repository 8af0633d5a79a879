import { resolve } from "node:path";
import type { Command } from "commander";
import { drawTrainingCurves, runFolderAt } from "../../pipeline/index.ts";
import type { CommandContext } from "../command-context.ts";

/** `rarevox curves`: a picture of a run, also while it goes on. */
export function registerCurves(program: Command, context: CommandContext): void {
  program
    .command("curves")
    .description("draw loss and validation Dice of a training run, also while it goes on")
    .argument("<run>", "folder of the run")
    .action(async (run: string) => {
      const place = runFolderAt(resolve(run));
      await drawTrainingCurves(place);
      context.terminal().info(place.curves);
    });
}
