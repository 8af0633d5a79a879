import { kindsOf, rowNamed } from "../../models/architectures/architecture.ts";
import { architectures, type NetworkSettings } from "../../models/architectures/index.ts";
import { ConfigError } from "../volume/errors.ts";

/**
 * Settings of a network by the name of its architecture, and of one of its published forms behind a colon: `swin-unetr:tiny`.
 *
 * Errors: ConfigError C_ARCHITECTURE that lists the legal names
 */
export function networkNamed(name: string): NetworkSettings {
  const [kind, variant] = name.split(/:(.*)/s);
  const row = rowNamed(architectures, kind);
  if (row === undefined) throw architectureError(kindsOf(architectures), kind);
  const variants: Readonly<Record<string, NetworkSettings>> = row.variants;
  const settings = Object.entries(variants).find(([each], n) => (variant === undefined ? n === 0 : each === variant));
  if (settings === undefined)
    throw architectureError(
      Object.keys(variants).map((each) => `${kind}:${each}`),
      name,
    );
  return settings[1];
}

function architectureError(legal: readonly string[], got: string): ConfigError {
  return new ConfigError({
    code: "C_ARCHITECTURE",
    where: "architecture",
    expected: legal.join(", "),
    got,
    next: "rarevox models list says what each is",
  });
}
