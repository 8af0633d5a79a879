import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { registerBenchmark } from "./benchmark.ts";
import { registerBundle } from "./bundle.ts";
import { registerConvert } from "./convert.ts";
import { registerCurves } from "./curves.ts";
import { registerDoctor } from "./doctor.ts";
import { registerEvaluate } from "./evaluate.ts";
import { registerInspect } from "./inspect.ts";
import { registerModels } from "./models.ts";
import { registerPhantom } from "./phantom.ts";
import { registerSchema } from "./schema.ts";
import { registerSegment } from "./segment.ts";
import { registerTrain } from "./train.ts";

/** Every command; a new one is a new file and a line here. */
export const commands: readonly ((program: Command, context: CommandContext) => void)[] = [
  registerSegment,
  registerTrain,
  registerCurves,
  registerEvaluate,
  registerBenchmark,
  registerInspect,
  registerConvert,
  registerPhantom,
  registerBundle,
  registerModels,
  registerSchema,
  registerDoctor,
];
