/** What went wrong, for the person who reads it: `<where>: expected <expected>, got <got>. <next>.` */
export interface Problem {
  /** Short stable code that programs may match on, such as `N_SPACING`; fixtures and docs list them. */
  readonly code: string;
  /** File, argument or JSON pointer that is wrong. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  /** What the reader can do about it. */
  readonly next: string;
  /** Byte offset in the file. */
  readonly offset?: number;
  /** DICOM tag as `gggg,eeee`, never its value. */
  readonly tag?: string;
}

/** The one-line text of a problem. */
export function textOf({ where, expected, got, next }: Problem): string {
  return `${where}: expected ${expected}, got ${got}. ${next}.`;
}

/** A wrong option, manifest, specification or command line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problem: Problem;
  constructor(problem: Problem, options?: ErrorOptions) {
    super(textOf(problem), options);
    this.problem = problem;
  }
}

/** A file that is damaged, hostile, unsupported or not what it says it is. */
export class FormatError extends Error {
  override readonly name = "FormatError";
  readonly problem: Problem;
  constructor(problem: Problem, options?: ErrorOptions) {
    super(textOf(problem), options);
    this.problem = problem;
  }
}

/** Arrays or tensors whose sizes do not belong together. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
  readonly problem: Problem;
  constructor(problem: Problem, options?: ErrorOptions) {
    super(textOf(problem), options);
    this.problem = problem;
  }
}

/** A position, spacing or orientation that no trustworthy volume can have. */
export class GeometryError extends Error {
  override readonly name = "GeometryError";
  readonly problem: Problem;
  constructor(problem: Problem, options?: ErrorOptions) {
    super(textOf(problem), options);
    this.problem = problem;
  }
}

/** A network or bundle that cannot be trusted or run. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly problem: Problem;
  constructor(problem: Problem, options?: ErrorOptions) {
    super(textOf(problem), options);
    this.problem = problem;
  }
}

/** The machine, not the input, is at fault: disk, memory, device, permission. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  readonly problem: Problem;
  constructor(problem: Problem, options?: ErrorOptions) {
    super(textOf(problem), options);
    this.problem = problem;
  }
}

const namedErrors = {
  ConfigError,
  FormatError,
  ShapeError,
  GeometryError,
  ModelError,
  EnvironmentError,
};

/** Any of the errors whose text is meant for the user. */
export type NamedError = InstanceType<(typeof namedErrors)[keyof typeof namedErrors]>;

/** Whether an error carries a problem that the user can act on. */
export function isNamedError(error: unknown): error is NamedError {
  return Object.values(namedErrors).some((kind) => error instanceof kind);
}

/**
 * The named error that a worker or child process reported as plain data.
 *
 * Errors: a plain Error when `name` is none of ours
 */
export function errorFromRecord({ name, problem }: { readonly name: string; readonly problem: Problem }): Error {
  const kind = Object.entries(namedErrors).find(([key]) => key === name)?.[1];
  return kind === undefined ? new Error(textOf(problem)) : new kind(problem);
}
