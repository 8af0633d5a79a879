import type { BundleManifest, Refinement } from "../bundle/manifest-schema.ts";
import { keepLargest, removeSmall } from "../kernels/components.ts";
import { fillHoles } from "../kernels/fill-holes.ts";
import { voxelVolumeMm3Of } from "../volume/affine.ts";
import type { LabelMap } from "../volume/volume.ts";

/**
 * Cleans a label map up, class by class in the manifest's order: largest component, then smallest size, then holes.
 *
 * Empty:  a class without voxels stays without
 */
export async function refine(labels: LabelMap, { manifest }: { readonly manifest: BundleManifest }): Promise<LabelMap> {
  return (manifest.refine ?? []).reduce((sofar, rule) => refined(sofar, rule, idOf(rule, manifest)), labels);
}

function refined(labels: LabelMap, rule: Refinement, classId: number): LabelMap {
  const only = { classIds: [classId] };
  const largest = rule.keep === "largest" ? keepLargest(labels, only) : labels;
  const minimum = Math.max(
    rule.minimumVoxels ?? 0,
    (1000 * (rule.minimumMl ?? 0)) / voxelVolumeMm3Of(labels.indexToLps),
  );
  const big = minimum > 1 ? removeSmall(largest, { minimumVoxels: (id) => (id === classId ? minimum : 0) }) : largest;
  return rule.fillHoles === true ? fillHoles(big, only) : big;
}

function idOf(rule: Refinement, { classes }: BundleManifest): number {
  // The manifest's check has seen that every class named in it exists.
  return classes.find(({ name }) => name === rule.class)?.id ?? 0;
}
