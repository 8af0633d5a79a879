import {
  ConfigError,
  EnvironmentError,
  FormatError,
  GeometryError,
  ModelError,
  ShapeError,
} from "../pipeline/index.ts";

/** What the process says to the shell. */
export const exitCodes = {
  done: 0,
  ourFault: 1,
  usage: 2,
  someRefused: 3,
  environment: 4,
  interrupted: 130,
} as const;

/** The exit code an error that stopped a command stands for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError || error instanceof ModelError) return exitCodes.usage;
  if (error instanceof FormatError || error instanceof GeometryError || error instanceof ShapeError)
    return exitCodes.someRefused;
  if (error instanceof EnvironmentError) return exitCodes.environment;
  if (error instanceof Error && error.name === "AbortError") return exitCodes.interrupted;
  return exitCodes.ourFault;
}
