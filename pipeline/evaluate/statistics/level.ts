import { ConfigError } from "../../volume/errors.ts";

/**
 * The shares below the ends of an interval of a level: 0.025 and 0.975 for 0.95.
 *
 * Errors: ConfigError E_LEVEL unless the level is between 0 and 1
 */
export function tailsOf(level: number): readonly [number, number] {
  if (level > 0 && level < 1) return [(1 - level) / 2, (1 + level) / 2];
  throw new ConfigError({
    code: "E_LEVEL",
    where: "level",
    expected: "a share between 0 and 1",
    got: String(level),
    next: "Write 95 % as 0.95",
  });
}
