import type { Bundle, BundleNetwork } from "../bundle/load-bundle.ts";
import type { ManifestNetwork } from "../bundle/manifest-schema.ts";
import { classIdsOf } from "../bundle/read-manifest.ts";
import type { Engine, LoadedNetwork } from "../runtime/engine.ts";
import type { Prediction, ScoreInterpolation } from "../runtime/network.ts";
import type { Triple } from "../volume/affine.ts";

/** What a stage asks of a network. */
export interface NetworkRequest {
  /** [C, D, H, W] */
  readonly image: Float32Array;
  readonly shape: Triple;
  readonly outputShape: Triple;
  /** How scores reach the output shape, per axis. */
  readonly interpolation: readonly [ScoreInterpolation, ScoreInterpolation, ScoreInterpolation];
  /** See `PredictRequest`. */
  readonly withProbabilities?: boolean;
  /** Names the work in progress reports. */
  readonly label: string;
}

/** Runs the networks of one bundle on one engine. */
export interface RunNetwork {
  readonly settingsOf: (name: string) => ManifestNetwork;
  readonly predict: (name: string, request: NetworkRequest) => Promise<Prediction>;
  readonly signal: AbortSignal | undefined;
}

/** How networks are run, where the bundle does not say otherwise. */
export interface RunNetworkOptions {
  readonly engine: Engine;
  readonly bundle: Bundle;
  readonly overlap: number | undefined;
  readonly mirror: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((stage: string, fraction: number) => void) | undefined;
}

/**
 * The networks of a bundle, ready to run. One is loaded when it is first asked for, and once for all scans of an engine.
 */
export function networkRunner({ engine, bundle, overlap, mirror, signal, onProgress }: RunNetworkOptions): RunNetwork {
  const networkNamed = (name: string): BundleNetwork => {
    const network = bundle.networks.find(({ settings }) => settings.name === name);
    // The manifest's check has seen that every network its stages name exists.
    if (network === undefined) throw new Error(`the bundle has no network ${name}`);
    return network;
  };
  return {
    settingsOf: (name) => networkNamed(name).settings,
    signal,
    predict: async (name, { label, ...image }) => {
      const network = networkNamed(name);
      const loaded = await loadOnce(network, { engine, bundle });
      signal?.throwIfAborted();
      onProgress?.(label, 0);
      const { overlap: usualOverlap, mirrorAxes } = network.settings;
      return engine.predict(
        loaded,
        { ...image, overlap: overlap ?? usualOverlap, mirrorAxes: mirror ? mirrorAxes : [] },
        {
          onProgress: (done, total) => onProgress?.(label, done / total),
          ...(signal === undefined ? {} : { signal }),
        },
      );
    },
  };
}

type Source = Pick<RunNetworkOptions, "engine" | "bundle">;

/** What an engine has opened; an entry goes when its engine or its bundle does. */
const loadedByEngine = new WeakMap<Engine, WeakMap<BundleNetwork, Promise<LoadedNetwork>>>();

function loadOnce(network: BundleNetwork, { engine, bundle }: Source): Promise<LoadedNetwork> {
  const loaded = loadedByEngine.get(engine) ?? new WeakMap<BundleNetwork, Promise<LoadedNetwork>>();
  loadedByEngine.set(engine, loaded);
  const loading = loaded.get(network) ?? load(network, { engine, bundle });
  loaded.set(network, loading);
  loading.catch(() => loaded.delete(network));
  return loading;
}

async function load(network: BundleNetwork, { engine, bundle: { manifest } }: Source): Promise<LoadedNetwork> {
  const { patch, output } = network.settings;
  return engine.load({
    where: network.where,
    ...(await network.read()),
    inputChannels: manifest.input.channels.length,
    patch,
    output: { kind: output.kind, classIds: classIdsOf(manifest, network.settings) },
  });
}
