import type { GradientRule } from "./rule.ts";
import { arrangeRules } from "./rules/arrange.ts";
import { convolutionRules } from "./rules/convolution.ts";
import { elementwiseRules } from "./rules/elementwise.ts";
import { matrixRules } from "./rules/matrix.ts";
import { normalisationRules } from "./rules/normalisation.ts";
import { poolingRules } from "./rules/pooling.ts";
import { reductionRules } from "./rules/reduction.ts";
import { resizeRules } from "./rules/resize.ts";
import { softmaxRules } from "./rules/softmax.ts";

/** One rule per operator; a new one is a line in its family's list. */
export const gradientRules: ReadonlyMap<string, GradientRule> = new Map([
  ...arrangeRules,
  ...convolutionRules,
  ...elementwiseRules,
  ...matrixRules,
  ...normalisationRules,
  ...poolingRules,
  ...reductionRules,
  ...resizeRules,
  ...softmaxRules,
]);
