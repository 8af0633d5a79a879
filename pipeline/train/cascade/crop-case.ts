import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ManifestRegion } from "../../bundle/manifest-schema.ts";
import { type ChosenRegion, chooseRegions } from "../../stages/choose-regions.ts";
import type { Triple } from "../../volume/affine.ts";
import { type Box, shapeOfBox } from "../../volume/box.ts";
import { crop } from "../../volume/crop.ts";
import { randomFrom } from "../../volume/random.ts";
import type { LabelArray, LabelMap } from "../../volume/volume.ts";
import { preparePart } from "../prepare/prepare-case.ts";
import { openPreparedCase, writePreparedCase } from "../prepare/prepared-case-file.ts";
import type { TurnedCase } from "../prepare/turned-case.ts";
import type { FoundCase } from "./found-case.ts";
import { jitteredBox } from "./jittered-box.ts";
import type { PlannedCascade, PlannedStage } from "./plan-cascade.ts";

/** A case cut to the region of a stage, prepared for its network. */
export interface Crop {
  /** Of the crop; a training case has several of a stage. */
  readonly id: string;
  readonly caseId: string;
  readonly stage: string;
  readonly isHeldOut: boolean;
  /** Name of its folder among the stage's crops. */
  readonly folder: string;
  /** [D, H, W] at the scan's own spacing. */
  readonly shape: Triple;
  /** The stage's label values, 0 for all other classes, and how many voxels have each. */
  readonly voxels: readonly (readonly [label: number, count: number])[];
  /** Classes that are left at the network's spacing. */
  readonly classIds: readonly number[];
}

/** How well a region takes a structure in. */
export interface RegionRecall {
  readonly caseId: string;
  readonly stage: string;
  readonly isHeldOut: boolean;
  /** How the region's place was told. */
  readonly source: ChosenRegion["source"]["kind"];
  /** Share of the structure's voxels that lie inside; null where the case holds none. */
  readonly share: number | null;
}

/** What cutting cases to regions comes to. */
export interface CropFacts {
  readonly crops: readonly Crop[];
  readonly recalls: readonly RegionRecall[];
}

/** How one case is cut. */
export interface CropCaseOptions {
  readonly cascade: PlannedCascade;
  readonly regions: readonly ManifestRegion[];
  readonly found: FoundCase;
  readonly isHeldOut: boolean;
  /** Begins the names of its folders; its own among all cases. */
  readonly prefix: string;
  /** Of all crops; each stage has one in it. */
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Cuts a case to the region of every stage, as the finished cascade would choose it, and prepares it for the stage's network.
 *
 * A training case is cut several times, its region's faces moved by chance; a held-out one once, as it is. Crops that lie
 * there already stay.
 *
 * Errors: as `writePreparedCase`; the signal's reason
 */
export async function cropCase(turned: TurnedCase, options: CropCaseOptions): Promise<CropFacts> {
  const { cascade, regions, found, isHeldOut } = options;
  const { id, scan, labels } = turned;
  const chosen = chooseRegions(new Map(Object.entries(found.found)), { regions, grid: scan.grid });
  const crops: Crop[] = [];
  const recalls: RegionRecall[] = [];
  for (const [n, stage] of cascade.stages.entries()) {
    const { box, source } = chosen[n];
    const own = { ...turned, labels: only(labels, stage, cascade.dataset.ignoreLabel) };
    const share = shareInside(own.labels, { box, stage });
    recalls.push({ caseId: id, stage: stage.name, isHeldOut, source: source.kind, share });
    for (const [k, part] of boxesOf(box, { stage, options }).entries())
      crops.push(await cropBox(own, { box: part, stage, k, options }));
  }
  return { crops, recalls };
}

/** The region itself, or boxes drawn about it; they depend on the seed, the stage and the case alone. */
function boxesOf(
  box: Box,
  { stage, options }: { readonly stage: PlannedStage; readonly options: CropCaseOptions },
): readonly Box[] {
  const { cascade, found, isHeldOut } = options;
  const { seed, regions } = cascade.config;
  if (isHeldOut) return [box];
  const random = randomFrom(`${seed}/jitter/${stage.name}/${found.id}`);
  const drawn = (_: unknown, k: number) =>
    jitteredBox(box, { share: regions.jitter, shape: found.shape, random: random.fork(String(k)) });
  return Array.from({ length: regions.crops }, drawn);
}

interface CropBox {
  readonly box: Box;
  readonly stage: PlannedStage;
  readonly k: number;
  readonly options: CropCaseOptions;
}

async function cropBox(turned: TurnedCase, { box, stage, k, options }: CropBox): Promise<Crop> {
  const { cascade, isHeldOut, prefix, signal } = options;
  signal?.throwIfAborted();
  const folder = `${prefix}-${k}`;
  const place = join(options.folder, stage.name, folder);
  const id = `${turned.id}#${k}`;
  if (!existsSync(place)) {
    const plan = { ...cascade.coarse.plan, spacingMm: stage.options.spacingMm };
    await writePreparedCase(place, { ...(await preparePart(turned, { plan, box, signal })), id });
  }
  const prepared = openPreparedCase(place);
  prepared.close();
  const ids = stage.classes.map((each) => each.id);
  return {
    id,
    caseId: turned.id,
    stage: stage.name,
    isHeldOut,
    folder,
    shape: shapeOfBox(box),
    voxels: countsOf(crop<LabelArray>(turned.labels, box).data),
    classIds: ids.filter((each) => prepared.voxelsByClass.has(each)),
  };
}

/** Labels of which only a stage's classes are left, and what nobody looked at. */
function only(labels: LabelMap, { classes }: PlannedStage, ignoreLabel: number | undefined): LabelMap {
  const kept = new Set([...classes.map(({ id }) => id), ignoreLabel]);
  return { ...labels, data: labels.data.map((id) => (kept.has(id) ? id : 0)) };
}

function shareInside(
  labels: LabelMap,
  { box, stage }: { readonly box: Box; readonly stage: PlannedStage },
): number | null {
  const ids = stage.classes.map(({ id }) => id);
  const voxelsIn = ({ data }: LabelMap) => {
    const counts = new Map(countsOf(data));
    return ids.reduce((sum, id) => sum + (counts.get(id) ?? 0), 0);
  };
  const all = voxelsIn(labels);
  return all === 0 ? null : voxelsIn(crop<LabelArray>(labels, box)) / all;
}

function countsOf(labels: LabelArray): Crop["voxels"] {
  const counts = new Map<number, number>();
  for (const id of labels) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort(([first], [second]) => first - second);
}
