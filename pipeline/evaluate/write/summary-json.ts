import type { WrittenFile } from "../../io/atomic-write.ts";
import type { InputFile } from "../../volume/scan.ts";
import { version } from "../../volume/version.ts";
import { type EvaluatedCase, isMeasured } from "../evaluate-cases.ts";
import type { Evaluation, EvaluationRules } from "../evaluation.ts";
import { rulesText } from "./rules-text.ts";
import { publicProblem, warningRows } from "./warning-rows.ts";

/** Version of the layout of `summary.json`. */
const SCHEMA = "rarevox-evaluation/1";

/**
 * The whole evaluation for programs: software, rules, every statistic, every input by its hash.
 *
 * Cases are named by their files, folders are left out: people's names may be in them. NaN is null.
 */
export function summaryJson(
  evaluation: Evaluation,
  { createdAt, files }: { readonly createdAt: Date; readonly files: readonly WrittenFile[] },
): string {
  const { rules, classes, metrics, groups, methods, comparisons } = evaluation;
  const document = {
    schema: SCHEMA,
    createdAt: createdAt.toISOString(),
    software: { rarevox: version, node: process.versions.node },
    rules: { ...publicRules(rules), text: rulesText(evaluation) },
    classes,
    metrics: metrics.map(({ key, unit, better, description }) => ({ key, unit, better, description })),
    groups: Object.fromEntries([...groups].map(([column, cells]) => [column, Object.fromEntries(cells)])),
    methods: methods.map(({ scores: _, cases, ...method }) => ({ ...method, cases: cases.map(caseRecord) })),
    comparisons,
    warnings: warningRows(evaluation),
    files,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** Without the folder of the images. */
function publicRules({ region, ...rules }: EvaluationRules) {
  if (region.kind !== "body") return { ...rules, region };
  return { ...rules, region: { kind: region.kind, ...(region.above === undefined ? {} : { above: region.above }) } };
}

function caseRecord(each: EvaluatedCase) {
  if (!isMeasured(each)) return { case: each.case, status: "refused", problem: publicProblem(each.problem) };
  const { warnings, inputs, classes, ...facts } = each;
  return {
    ...facts,
    status: "measured",
    inputs: { prediction: inputs.prediction.map(hashOf), reference: inputs.reference.map(hashOf) },
    classes: classes.map(({ name, prediction, reference, both, values }) => ({
      label: name,
      predictionVoxels: prediction,
      referenceVoxels: reference,
      sharedVoxels: both,
      values,
    })),
    warnings: warnings.map(({ code, text }) => ({ code, text })),
  };
}

function hashOf({ bytes, sha256 }: InputFile) {
  return { bytes, sha256 };
}
