import { loadBundle } from "../../bundle/load-bundle.ts";
import { BACKGROUND, type BundleManifest, type ManifestRegion } from "../../bundle/manifest-schema.ts";
import type { UnsavedBundle } from "../../bundle/save-bundle.ts";
import type { CascadeFolder } from "./cascade-folder.ts";
import { COARSE, type PlannedCascade } from "./plan-cascade.ts";

/** What a cascade's bundle is made from, beside the networks in its folder. */
export interface CascadeBundleOptions {
  readonly cascade: PlannedCascade;
  readonly place: CascadeFolder;
  readonly regions: readonly ManifestRegion[];
  readonly training: NonNullable<BundleManifest["training"]>;
  readonly scores: NonNullable<BundleManifest["scores"]>;
}

/** One bundle of all networks of a cascade. Errors: as `loadBundle` */
export async function cascadeBundle({
  cascade,
  place,
  regions,
  training,
  scores,
}: CascadeBundleOptions): Promise<UnsavedBundle> {
  const coarse = await trainedNetwork(COARSE, place.coarse.bundle);
  const fine = await Promise.all(cascade.stages.map(({ name }) => trainedNetwork(name, place.fine(name).bundle)));
  const all = [coarse, ...fine];
  const { files: _, ...common } = coarse.manifest;
  return {
    files: new Map(all.map(({ network, model }) => [network.file, model])),
    manifest: {
      ...common,
      networks: all.map(({ network }) => network),
      stages: {
        locate: { network: COARSE, regions },
        segment: [...leftToCoarse(coarse.network, cascade), ...cascade.stages.map(entryOf)],
        conflicts: "most-probable",
      },
      training,
      scores,
    },
  };
}

type Network = BundleManifest["networks"][number];
type Entry = BundleManifest["stages"]["segment"][number];

/** A network as a run of its own delivered it, under the name that it has in the cascade. */
async function trainedNetwork(name: string, path: string) {
  const bundle = await loadBundle(path);
  const { manifest, networks } = bundle;
  const { model } = await networks[0].read();
  await bundle.close();
  const network: Network = { ...manifest.networks[0], name, file: `${name}.onnx` };
  return { manifest, network, model };
}

function entryOf({ name, classes }: PlannedCascade["stages"][number]): Entry {
  return { network: name, region: name, classes: classes.map((each) => each.name) };
}

/** What no stage looks for, the coarse network decides on. */
function leftToCoarse({ output }: Network, { stages }: PlannedCascade): readonly Entry[] {
  const refined = new Set(stages.flatMap(({ classes }) => classes.map(({ name }) => name)));
  const classes = output.channels.filter((name) => name !== BACKGROUND && !refined.has(name));
  return classes.length === 0 ? [] : [{ network: COARSE, classes }];
}
