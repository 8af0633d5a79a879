import type { ForeignNames } from "../../models/architectures/architecture.ts";
import { elementCountOf } from "../../models/graph/graph.ts";
import type { CarriedValue } from "../../models/training-step.ts";
import { readSafetensors, type WeightTensor, writeSafetensors } from "../bundle/safetensors.ts";
import { FormatError } from "../volume/errors.ts";

/** A run as it was after some step: all that the next one depends on. */
export interface Checkpoint {
  /** Steps taken. */
  readonly step: number;
  /** Hash of the plan and the settings that it belongs to. */
  readonly run: string;
  /** What goes from step to step, by the name of its input. */
  readonly carried: ReadonlyMap<string, Float32Array>;
  /** What the trainer itself remembers, as JSON. */
  readonly memory: string;
}

/**
 * Writes a checkpoint as safetensors, one tensor per parameter: its weights under its name, the optimiser's vectors and the
 * average behind `<vector>.`.
 *
 * Errors: as `writeSafetensors`
 */
export function writeCheckpoint(
  path: string,
  { step, run, carried, memory }: Checkpoint,
  values: readonly CarriedValue[],
): Promise<void> {
  const tensors = new Map(
    values.flatMap((value) => [...tensorsOf(value, carried.get(value.name) ?? new Float32Array(0))]),
  );
  const metadata = new Map([
    ["format", FORMAT],
    ["step", String(step)],
    ["run", run],
    ["memory", memory],
  ]);
  return writeSafetensors(path, { tensors, metadata });
}

const FORMAT = "rarevox-checkpoint/1";

/**
 * Reads a checkpoint for a training graph.
 *
 * Errors: FormatError W_HEADER, W_TENSOR when the file is damaged, W_NAMES when it belongs to another network
 */
export async function readCheckpoint(path: string, values: readonly CarriedValue[]): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(path);
  const text = (name: string) => metadata.get(name) ?? "";
  if (text("format") !== FORMAT) throw otherError(path, `a checkpoint (${FORMAT})`, "another safetensors file");
  return {
    step: Number(text("step")),
    run: text("run"),
    memory: text("memory"),
    carried: new Map(values.map((value) => [value.name, vectorFrom(tensors, { value, where: path })])),
  };
}

/** A parameter that weights are read for. */
interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * Weights alone, by parameter, for a network of the same shapes and its own names, or those of another program that has
 * them all: to start from, or to put into a bundle.
 *
 * Errors: FormatError as `readCheckpoint`
 */
export async function readWeights(
  path: string,
  parameters: readonly Parameter[],
  foreignNames: readonly ForeignNames[] = [],
): Promise<ReadonlyMap<string, Float32Array>> {
  const { tensors } = await readSafetensors(path);
  const programs: readonly Pick<ForeignNames, "namesOf" | "isOptional">[] = [OWN_NAMES, ...foreignNames];
  const nameIn = ({ namesOf }: Pick<ForeignNames, "namesOf">, name: string) =>
    namesOf(name).find((each) => tensors.has(each));
  const { namesOf, isOptional } =
    programs.find((program) =>
      parameters.every(({ name }) => nameIn(program, name) !== undefined || program.isOptional(name)),
    ) ?? OWN_NAMES;
  return new Map(
    parameters.map(({ name, shape }) => {
      const found = nameIn({ namesOf }, name);
      if (found === undefined && isOptional(name)) return [name, new Float32Array(elementCountOf(shape))];
      return [name, tensorOf(tensors, { name: found ?? name, shape, where: path })];
    }),
  );
}

const OWN_NAMES = { namesOf: (name: string) => [name], isOptional: () => false };

/** Parts of a carried vector, one per parameter, under the names they have in a file. */
export function tensorsOf(value: CarriedValue, vector: Float32Array): ReadonlyMap<string, WeightTensor> {
  let offset = 0;
  return new Map(
    layoutOf(value).map(({ name, shape, length }) => {
      const data = vector.subarray(offset, offset + length);
      offset += length;
      return [name, { shape, data }];
    }),
  );
}

interface Piece {
  readonly name: string;
  readonly shape: readonly number[];
  readonly length: number;
}

function layoutOf(value: CarriedValue): readonly Piece[] {
  const pieceOf = (name: string, shape: readonly number[]): Piece => ({
    name,
    shape,
    length: shape.reduce((product, side) => product * side, 1),
  });
  if (value.kind === "buffer") return [pieceOf(value.name, value.shape)];
  const prefix = value.kind === "weights" ? "" : `${value.name.slice(value.group.rule.name.length + 1)}.`;
  return value.group.parameters.map(({ name, shape }) => pieceOf(prefix + name, shape));
}

function vectorFrom(
  tensors: ReadonlyMap<string, WeightTensor>,
  { value, where }: { readonly value: CarriedValue; readonly where: string },
): Float32Array {
  const pieces = layoutOf(value);
  const vector = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const { name, shape, length } of pieces) {
    vector.set(tensorOf(tensors, { name, shape, where }), offset);
    offset += length;
  }
  return vector;
}

function tensorOf(
  tensors: ReadonlyMap<string, WeightTensor>,
  { name, shape, where }: { readonly name: string; readonly shape: readonly number[]; readonly where: string },
): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw otherError(where, `a tensor ${name}`, "none");
  if (String(tensor.shape) !== String(shape)) throw otherError(where, `${name} [${shape}]`, `[${tensor.shape}]`);
  return tensor.data;
}

function otherError(where: string, expected: string, got: string): FormatError {
  const next = "Give weights of the same network: its stages, kernels, channels and classes";
  return new FormatError({ code: "W_NAMES", where, expected, got, next });
}
