import { ConfigError } from "../volume/errors.ts";
import type { BenchmarkSpec } from "./spec-schema.ts";

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
  const { budget = spec.budget, seeds = spec.seeds, config, plan, ...ofDatasets } = preset;
  return {
    ...spec,
    budget,
    ...(seeds === undefined ? {} : { seeds }),
    config: { ...spec.config, ...config },
    datasets: spec.datasets.map((dataset) => ({ ...dataset, ...ofDatasets, plan: { ...dataset.plan, ...plan } })),
  };
}
