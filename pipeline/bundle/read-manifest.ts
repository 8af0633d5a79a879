import { Type } from "@sinclair/typebox";
import { ConfigError } from "../volume/errors.ts";
import { checkJson, parseJson } from "./json-schema.ts";
import {
  BACKGROUND,
  type BundleManifest,
  MANIFEST_VERSION,
  type ManifestNetwork,
  type ManifestRegion,
  manifestSchema,
  type RegionPrior,
} from "./manifest-schema.ts";
import { refusePlaceholders } from "./placeholders.ts";

const anyJson = Type.Unknown();

/**
 * A bundle's manifest from its JSON text.
 *
 * Errors: ConfigError M_VERSION when it was written for a newer rarevox, M_INCOMPLETE when placeholders are left, M_LABELS
 *         when its classes contradict each other, M_MANIFEST for everything else; the message names the JSON pointer
 */
export function readManifest(source: string | Uint8Array, where: string): BundleManifest {
  assertKnownVersion(source, where);
  const code = (pointer: string) => (pointer.startsWith("/classes") ? "M_LABELS" : "M_MANIFEST");
  const value = parseJson(source, anyJson, { where, code });
  refusePlaceholders(value, where);
  const manifest = checkJson(value, manifestSchema, { where, code });
  checkManifest(manifest, where);
  return manifest;
}

/** Looks for the version first: what else a newer manifest says cannot be judged. */
function assertKnownVersion(source: string | Uint8Array, where: string): void {
  const text = typeof source === "string" ? source : Buffer.from(source.buffer, source.byteOffset, source.length);
  const version = /"schema"\s*:\s*"rarevox-bundle\/(\d{1,6})"/.exec(text.toString("utf8", 0, 2 ** 20))?.[1];
  if (version !== undefined && Number(version) > MANIFEST_VERSION)
    throw new ConfigError({
      code: "M_VERSION",
      where: `${where}#/schema`,
      expected: `rarevox-bundle/${MANIFEST_VERSION} or older`,
      got: `rarevox-bundle/${version}`,
      next: "Install a newer rarevox",
    });
}

/**
 * Refuses a manifest whose parts do not belong together, which its schema cannot see.
 *
 * Errors: as `readManifest`
 */
export function checkManifest(manifest: BundleManifest, where: string): void {
  const refuse = refuserOf(where);
  checkClasses(manifest, refuse);
  checkRanges(manifest, refuse);
  checkNetworks(manifest, refuse);
  checkStages(manifest, refuse);
  const paths = (manifest.files ?? []).map(({ path }) => path.toLowerCase());
  refuseRepeats(paths, "/files", refuse);
}

type Refuse = (pointer: string, expected: string, got: string) => never;

function refuserOf(where: string): Refuse {
  return (pointer, expected, got) => {
    const code = pointer.startsWith("/classes") ? "M_LABELS" : "M_MANIFEST";
    throw new ConfigError({ code, where: `${where}#${pointer}`, expected, got, next: "Correct the manifest" });
  };
}

function refuseRepeats(values: readonly (string | number)[], pointer: string, refuse: Refuse): void {
  const index = values.findIndex((value, n) => values.indexOf(value) !== n);
  if (index >= 0) refuse(`${pointer}/${index}`, "each one once", JSON.stringify(values[index]));
}

function checkClasses({ classes, refine = [], scores = [] }: BundleManifest, refuse: Refuse): void {
  refuseRepeats(
    classes.map(({ id }) => id),
    "/classes",
    refuse,
  );
  refuseRepeats(
    classes.map(({ name }) => name),
    "/classes",
    refuse,
  );
  const index = classes.findIndex(({ name }) => name === BACKGROUND);
  if (index >= 0) refuse(`/classes/${index}/name`, "the name of a structure", `"${BACKGROUND}"`);
  refuseRepeats(
    refine.map((each) => each.class),
    "/refine",
    refuse,
  );
  const known = classes.map(({ name }) => name);
  refine.forEach((each, n) => {
    refuseUnknown(each.class, { known, pointer: `/refine/${n}/class`, refuse });
  });
  scores.forEach((each, n) => {
    refuseUnknown(each.class, { known, pointer: `/scores/${n}/class`, refuse });
  });
}

function refuseUnknown(
  name: string,
  { known, pointer, refuse }: { readonly known: readonly string[]; readonly pointer: string; readonly refuse: Refuse },
): void {
  if (!known.includes(name)) refuse(pointer, `one of ${known.join(", ")}`, JSON.stringify(name));
}

function checkRanges({ input }: BundleManifest, refuse: Refuse): void {
  input.channels.forEach(({ normalisation }, n) => {
    if ("lower" in normalisation && normalisation.lower >= normalisation.upper)
      refuse(`/input/channels/${n}/normalisation/upper`, `more than ${normalisation.lower}`, `${normalisation.upper}`);
  });
}

function checkNetworks({ networks }: BundleManifest, refuse: Refuse): void {
  refuseRepeats(
    networks.map(({ name }) => name),
    "/networks",
    refuse,
  );
  networks.forEach(({ patch, output }, n) => {
    const { kind, channels } = output;
    if (kind.startsWith("sigmoid") && channels.includes(BACKGROUND))
      refuse(`/networks/${n}/output/channels`, "no background channel beside sigmoids", `"${BACKGROUND}"`);
    if (patch.kind === "multiple-of" && patch.largest.some((side, axis) => side % patch.step[axis] !== 0))
      refuse(`/networks/${n}/patch/largest`, `multiples of [${patch.step}]`, `[${patch.largest}]`);
  });
}

function checkStages({ classes, networks, stages }: BundleManifest, refuse: Refuse): void {
  const { locate, segment } = stages;
  const names = networks.map(({ name }) => name);
  const channelsOf = new Map(networks.map(({ name, output }) => [name, output.channels]));
  if (locate !== undefined) {
    refuseUnknown(locate.network, { known: names, pointer: "/stages/locate/network", refuse });
    checkRegions(locate.regions, channelsOf.get(locate.network) ?? [], refuse);
  }
  const regions = locate?.regions.map(({ name }) => name) ?? [];
  const known = [...classes.map(({ name }) => name), BACKGROUND];
  segment.forEach((entry, n) => {
    const pointer = `/stages/segment/${n}`;
    refuseUnknown(entry.network, { known: names, pointer: `${pointer}/network`, refuse });
    if (entry.region !== undefined)
      refuseUnknown(entry.region, { known: regions, pointer: `${pointer}/region`, refuse });
    const channels = channelsOf.get(entry.network) ?? [];
    const at = `/networks/${names.indexOf(entry.network)}/output/channels`;
    for (const channel of channels) refuseUnknown(channel, { known, pointer: at, refuse });
    for (const name of entry.classes ?? [])
      refuseUnknown(name, { known: withoutBackground(channels), pointer: `${pointer}/classes`, refuse });
  });
}

function checkRegions(regions: readonly ManifestRegion[], channels: readonly string[], refuse: Refuse): void {
  refuseRepeats(
    regions.map(({ name }) => name),
    "/stages/locate/regions",
    refuse,
  );
  regions.forEach(({ name, classes, priors = [] }, n) => {
    const pointer = `/stages/locate/regions/${n}`;
    const known = withoutBackground(channels);
    for (const each of classes) refuseUnknown(each, { known, pointer: `${pointer}/classes`, refuse });
    const others = regions.map((each) => each.name).filter((other) => other !== name);
    priors.forEach((prior, p) => {
      checkPrior(prior, { others, pointer: `${pointer}/priors/${p}`, refuse });
    });
  });
}

function checkPrior(
  prior: RegionPrior,
  {
    others,
    pointer,
    refuse,
  }: { readonly others: readonly string[]; readonly pointer: string; readonly refuse: Refuse },
): void {
  if (prior.kind === "near") refuseUnknown(prior.region, { known: others, pointer: `${pointer}/region`, refuse });
  const [start, stop] = prior.kind === "near" ? [prior.startMm, prior.stopMm] : [prior.start, prior.stop];
  const axis = start.findIndex((value, n) => value >= stop[n]);
  const side = prior.kind === "near" ? "stopMm" : "stop";
  if (axis >= 0) refuse(`${pointer}/${side}/${axis}`, `more than ${start[axis]}`, `${stop[axis]}`);
}

function withoutBackground(channels: readonly string[]): readonly string[] {
  return channels.filter((name) => name !== BACKGROUND);
}

/**
 * Label value of each output channel of a network: the class's id, 0 for background.
 *
 * A locating network may have channels that are none of the bundle's classes; these get ids above all of them.
 */
export function classIdsOf({ classes }: BundleManifest, { output }: ManifestNetwork): readonly number[] {
  const idOf = new Map(classes.map(({ id, name }) => [name, id]));
  idOf.set(BACKGROUND, 0);
  let free = Math.max(...idOf.values()) + 1;
  return output.channels.map((name) => idOf.get(name) ?? free++);
}
