import type { Bundle, BundleManifest, ManifestNetwork } from "../pipeline/index.ts";
import { tableOf, textColumns } from "./table.ts";
import { printable } from "./terminal.ts";

type Refinement = NonNullable<BundleManifest["refine"]>[number];

/** Prints what a person wants to know of a bundle before running it. */
export function printBundle({ manifest, sha256 }: Pick<Bundle, "manifest" | "sha256">): void {
  const { name, version, license, citation, intendedUse, modalities, orientation, training } = manifest;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["bundle", `${name} ${version}`],
    ["SHA-256", sha256],
    ["licence", license],
    ["cite", citation],
    ["intended use", intendedUse],
    ["modality", modalities.join(", ")],
    ["orientation", orientation],
    ["made", training?.method],
  ];
  for (const [label, text] of facts) if (text !== undefined) say(`${label.padEnd(13)} ${text}`);
  say(`\n${classTable(manifest)}`);
  say(networkTable(manifest));
  for (const line of stageLines(manifest)) say(line);
}

function classTable({ classes, scores = [], refine = [] }: BundleManifest): string {
  const rows = classes.map(({ id, name, type }) => [
    String(id),
    name,
    type === undefined ? "" : `${type.scheme} ${type.value} ${type.meaning}`,
    refine
      .filter((each) => each.class === name)
      .flatMap(refinementTexts)
      .join(", "),
    scores
      .filter((each) => each.class === name)
      .map(
        ({ metric, mean, std, cases }) => `${metric} ${mean}${std === undefined ? "" : ` ± ${std}`} (${cases ?? "?"})`,
      )
      .join(", "),
  ]);
  return tableOf(textColumns("id", "class", "code", "clean-up", "score (cases)"), rows);
}

function refinementTexts({ keep, minimumMl, minimumVoxels, fillHoles }: Refinement): readonly string[] {
  return [
    ...(keep === "largest" ? ["largest component"] : []),
    ...(minimumMl === undefined ? [] : [`at least ${minimumMl} ml`]),
    ...(minimumVoxels === undefined ? [] : [`at least ${minimumVoxels} voxels`]),
    ...(fillHoles === true ? ["holes filled"] : []),
  ];
}

function networkTable({ networks, input }: BundleManifest): string {
  const channels = input.channels.map(({ name, normalisation }) => `${name}: ${normalisation.kind}`).join(", ");
  const rows = networks.map(({ name, file, spacingMm, patch, output }) => [
    name,
    file,
    channels,
    typeof spacingMm === "string" ? spacingMm : spacingMm.map((mm) => mm ?? "kept").join(" × "),
    patchText(patch),
    `${output.channels.length} ${output.kind}`,
  ]);
  return tableOf(textColumns("network", "file", "input", "spacing mm", "patch [D, H, W]", "output"), rows);
}

function patchText(patch: ManifestNetwork["patch"]): string {
  if (patch.kind === "fixed") return patch.size.join(" × ");
  return `up to ${patch.largest.join(" × ")}, multiples of ${patch.step.join(" × ")}`;
}

function stageLines({ stages }: BundleManifest): readonly string[] {
  const { locate, segment } = stages;
  const regions = (locate?.regions ?? []).map(
    ({ name, classes, marginMm }) =>
      `locate  ${locate?.network}: region ${name} around ${classes.join(", ")} and ${marginMm.join(" × ")} mm`,
  );
  const shares = segment.map(
    ({ network, region = "the whole field of view", classes }) =>
      `segment ${network}: ${classes === undefined ? "all its classes" : classes.join(", ")} in ${region}`,
  );
  return [...regions, ...shares];
}

function say(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}
