export { type CellEstimator, cellEstimator } from "./benchmark/estimate-cells.ts";
export { type PlannedBenchmark, planBenchmark } from "./benchmark/plan-benchmark.ts";
export type { PlannedCell } from "./benchmark/plan-cells.ts";
export { readBenchmarkSpec } from "./benchmark/read-spec.ts";
export { type BenchmarkReport, type ReportBenchmarkOptions, reportBenchmark } from "./benchmark/report-benchmark.ts";
export {
  type BenchmarkOutcome,
  type CellEnd,
  type CellEvent,
  cellsOfShard,
  endOfCell,
  type RunBenchmarkOptions,
  runBenchmark,
  type Shard,
} from "./benchmark/run-benchmark.ts";
export { type BenchmarkSpec, benchmarkSpecSchema, type SpecDataset } from "./benchmark/spec-schema.ts";
export { initBundle, initManifest } from "./bundle/init-manifest.ts";
export { parseLabelClasses } from "./bundle/label-classes.ts";
export {
  type Bundle,
  type BundleNetwork,
  type HashedFile,
  type LoadBundleOptions,
  loadBundle,
  type NetworkBytes,
} from "./bundle/load-bundle.ts";
export { type BundleManifest, type ManifestNetwork, manifestSchema } from "./bundle/manifest-schema.ts";
export { placeholdersIn } from "./bundle/placeholders.ts";
export { saveBundle, type UnsavedBundle } from "./bundle/save-bundle.ts";
export { type EmptyRule, emptyRules } from "./evaluate/empty-rule.ts";
export { type ClassScores, type EvaluatedPair, type EvaluateOptions, evaluateCase } from "./evaluate/evaluate-case.ts";
export { type EvaluatedCase, isMeasured, type MeasuredCase, type RefusedCase } from "./evaluate/evaluate-cases.ts";
export { evaluateFolders } from "./evaluate/evaluate-folders.ts";
export type { EvaluatedClass } from "./evaluate/evaluated-classes.ts";
export type {
  ClassPresence,
  CohortSummary,
  Evaluation,
  EvaluationRules,
  MethodEvaluation,
  MetricComparison,
} from "./evaluate/evaluation.ts";
export { evaluationOverview, type OverviewTable } from "./evaluate/evaluation-overview.ts";
export type { EvaluateFoldersOptions } from "./evaluate/folder-rules.ts";
export { defaultMetricNames, metricNames, metrics } from "./evaluate/metrics/index.ts";
export type { Metric } from "./evaluate/metrics/metric.ts";
export {
  oValueOfAccuracy,
  oValueOfBalancedAccuracy,
  oValueOfDice,
  oValueOfIou,
  oValueOfMatthews,
  oValueOfPrecision,
  type SampledOValue,
  sampledOValue,
} from "./evaluate/metrics/o-value.ts";
export type { PrevalenceRegion } from "./evaluate/prevalence.ts";
export type { RegionChoice } from "./evaluate/region-choice.ts";
export type { Score } from "./evaluate/scores.ts";
export {
  type Aggregate,
  type AggregateOptions,
  aggregate,
  type ClassAggregate,
  type UndefinedClassRule,
  undefinedClassRules,
} from "./evaluate/statistics/aggregate.ts";
export { type BootstrapInterval, type BootstrapOptions, bootstrapInterval } from "./evaluate/statistics/bootstrap.ts";
export { meanOverCases, type PatientOf, valuesByPatient } from "./evaluate/statistics/by-patient.ts";
export {
  type Cohorts,
  type CohortTable,
  cohortsByColumn,
  patientsFrom,
  readCohortTable,
  scoresByCohort,
  sizeTertiles,
} from "./evaluate/statistics/cohorts.ts";
export { type CompareOptions, compareMethods, type MethodComparison } from "./evaluate/statistics/compare-methods.ts";
export { type Description, describe } from "./evaluate/statistics/describe.ts";
export {
  cliffsDelta,
  cohensDz,
  type EffectSizes,
  effectSizes,
  hedgesGz,
  rankBiserial,
  varghaDelaneyA,
} from "./evaluate/statistics/effect-size.ts";
export { type HodgesLehmann, hodgesLehmann } from "./evaluate/statistics/hodges-lehmann.ts";
export { holmAdjusted } from "./evaluate/statistics/holm.ts";
export { averagedOverRepeats, type MethodScore, type UnpairedRule } from "./evaluate/statistics/method-scores.ts";
export { type PermutationOptions, type PermutationResult, permutationTest } from "./evaluate/statistics/permutation.ts";
export {
  type MethodRanking,
  type RankedMethod,
  type Ranking,
  type RankingOptions,
  rankMethods,
} from "./evaluate/statistics/ranking.ts";
export type { ZeroRule } from "./evaluate/statistics/signed-ranks.ts";
export {
  type Alternative,
  type WilcoxonOptions,
  type WilcoxonResult,
  wilcoxon,
} from "./evaluate/statistics/wilcoxon.ts";
export type { MetricSummary } from "./evaluate/summarise.ts";
export { type WarningRow, warningRows as evaluationWarnings } from "./evaluate/write/warning-rows.ts";
export {
  assertEvaluationFits,
  type WriteEvaluationOptions,
  writeEvaluation,
} from "./evaluate/write-evaluation.ts";
export type { WrittenFile } from "./io/atomic-write.ts";
export { type ChooseScanOptions, chooseScan } from "./io/choose-scan.ts";
export { conceptFor } from "./io/dicom-seg/snomed.ts";
export { type FindOptions, findScans } from "./io/find-scans.ts";
export { closeParsingPool, type ParsingPool } from "./io/parsing-pool.ts";
export { readScan } from "./io/read-scan.ts";
export type {
  DicomIdentity,
  FoundScan,
  Listing,
  ReadOptions,
  Refusal,
  ScanSummary,
  ScanWriter,
  SegmentationOptions,
  SkippedFile,
  WriteOptions,
} from "./io/scan-format.ts";
export { writerFor, writerNamed, writers } from "./io/writers.ts";
export { diceOf, type LabelOverlap, labelOverlaps } from "./kernels/label-overlap.ts";
export type {
  BenchmarkResults,
  BenchmarkScore,
  Cell,
  Confusion,
  CurvePoint,
  ExampleSlice,
  FailedCell,
  MeasuredCost,
  ReportedClass,
  ReportedMethod,
} from "./report/benchmark-results.ts";
export { type ReportOptions, writeBenchmarkReport } from "./report/write-benchmark-report.ts";
export { deviceNames } from "./runtime/devices.ts";
export { type DeviceReport, examineMachine, type MachineReport } from "./runtime/doctor.ts";
export {
  type Engine,
  type EngineOptions,
  type LoadedNetwork,
  openEngine,
  type PredictOptions,
} from "./runtime/engine.ts";
export type { NetworkSpec, Prediction, PredictRequest } from "./runtime/network.ts";
export { type SegmentScanOptions, segmentScan } from "./segment-scan.ts";
export { deliverableFormats } from "./stages/deliver/deliverables.ts";
export {
  type Delivered as WrittenSegmentation,
  type DeliverOptions as WriteSegmentationOptions,
  deliver as writeSegmentation,
} from "./stages/deliver.ts";
export type { ClassMeasurement, IntensityStatistics } from "./stages/measure.ts";
export type { RegionOutcome } from "./stages/segment.ts";
export type { Provenance, Segmentation } from "./stages/segmentation.ts";
export {
  type CascadeConfig,
  cascadeConfigSchema,
  completeCascade,
  readCascadeConfig,
} from "./train/cascade/cascade-config.ts";
export { type CascadeFolder, cascadeFolderAt } from "./train/cascade/cascade-folder.ts";
export { type TrainCascadeOptions, trainCascade } from "./train/cascade/train-cascade.ts";
export { findDataset } from "./train/dataset/find-dataset.ts";
export type { TrainingCase, TrainingDataset } from "./train/dataset/training-dataset.ts";
export { type ImbalanceMethod, imbalanceMethods, withImbalance } from "./train/imbalance.ts";
export { networkNamed } from "./train/network-named.ts";
export { type ExaminedDataset, examineDataset, type Fingerprint } from "./train/plan/fingerprint.ts";
export { makePlan } from "./train/plan/make-plan.ts";
export { readPlan, writePlan } from "./train/plan/plan-file.ts";
export type { PlanOptions } from "./train/plan/plan-options.ts";
export { planSchema, type TrainingPlan } from "./train/plan-schema.ts";
export { type RunFolder, runFolderAt } from "./train/run-folder.ts";
export { type TrainBundleOptions, type TrainedBundle, trainBundle } from "./train/train-bundle.ts";
export {
  completeConfig,
  type PartialTrainingConfig,
  readTrainingConfig,
  type TrainingConfig,
  trainingConfigSchema,
} from "./train/training-config.ts";
export { drawTrainingCurves } from "./train/training-curves.ts";
export type { LogRecord } from "./train/training-log.ts";
export type { Affine, IndexToLps, Triple } from "./volume/affine.ts";
export type { Box } from "./volume/box.ts";
export {
  ConfigError,
  EnvironmentError,
  FormatError,
  GeometryError,
  isNamedError,
  ModelError,
  type NamedError,
  type Problem,
  ShapeError,
  textOf,
} from "./volume/errors.ts";
export type { CodedConcept, LabelClass } from "./volume/label-class.ts";
export { defaultLimits, type Limits } from "./volume/limits.ts";
export { type Random, randomFrom } from "./volume/random.ts";
export type { DicomOrigin, DicomSlice, InputFile, NiftiOrigin, Scan, Warning } from "./volume/scan.ts";
export { version } from "./volume/version.ts";
export type { Grid, LabelArray, LabelMap, Volume, VoxelArray } from "./volume/volume.ts";
