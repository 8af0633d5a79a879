import { ConfigError } from "../volume/errors.ts";
import type { BenchmarkSpec, SpecDataset } from "./spec-schema.ts";

/**
 * A specification with what one of its presets says otherwise.
 *
 * Errors: ConfigError B_PRESET that lists the presets there are
 */
export function withPreset(spec: BenchmarkSpec, name: string | undefined, where: string): BenchmarkSpec {
  if (name === undefined) return spec;
  const presets = new Map(Object.entries(spec.presets ?? {}));
  const preset = presets.get(name);
  if (preset === undefined)
    throw new ConfigError({
      code: "B_PRESET",
      where: `${where}#/presets`,
      expected: presets.size === 0 ? "no preset, for there are none" : `one of ${[...presets.keys()].join(", ")}`,
      got: name,
      next: "Choose another preset",
    });
  const {
    budget = spec.budget,
    seeds = spec.seeds,
    config,
    plan,
    datasets = {},
    networks = {},
    ...ofDatasets
  } = preset;
  return {
    ...spec,
    budget,
    ...(seeds === undefined ? {} : { seeds }),
    config: { ...spec.config, ...config },
    datasets: spec.datasets.map((dataset) => {
      const changed = { ...dataset, ...ofDatasets, plan: { ...dataset.plan, ...plan } };
      return withChanges(changed, datasets[dataset.name]);
    }),
    networks: spec.networks.map((network) => withChanges(network, networks[network.name])),
  };
}

type Changes = Pick<SpecDataset, "plan" | "config">;

function withChanges<T extends Changes>(whole: T, changes: Changes | undefined): T {
  if (changes === undefined) return whole;
  const { plan, config } = changes;
  return { ...whole, ...changes, plan: { ...whole.plan, ...plan }, config: { ...whole.config, ...config } };
}
