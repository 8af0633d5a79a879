import { nodeOf } from "./attributes.ts";
import type { Attribute, Dimension, ElementType, Graph, InlineTensor, ValueInfo } from "./graph.ts";
import { GraphError } from "./graph-error.ts";
import { floatTensor, intTensor } from "./tensor.ts";

/** Operator set that graphs are built for, and the file format that goes with it. */
const OPSET = 17;
const IR_VERSION = 8;

/** Operators of ONNX Runtime's own, faster than the standard ones on its CPU provider. */
export const MICROSOFT = "com.microsoft";

/**
 * Which operators a graph is put together from: `cpu` takes ONNX Runtime's own where they are faster; `standard` keeps
 * to those that the WebGPU and CUDA providers have.
 */
export type Dialect = "cpu" | "standard";

/** A value of a graph under construction; its type and shape are known before anything runs. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
  /** The graph that it belongs to. */
  readonly graph: GraphBuilder;
}

/** Type and shape of what an operation makes. */
export interface ResultType {
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

/** What an operation with one result makes, and its fixed parameters. */
export interface Result extends ResultType {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Operator set; the standard one when left out. */
  readonly domain?: string;
}

/** A step of the computation, as the gradient walks over it. */
export interface Operation {
  readonly op: string;
  readonly domain: string;
  /** `undefined` for an optional input that is left out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** The innermost segment it was added in; see `GraphBuilder.segment`. */
  readonly segment: number | undefined;
}

/** An operation about to be added. */
export interface OperationSpec {
  readonly inputs: readonly (Value | undefined)[];
  readonly results: readonly ResultType[];
  readonly attributes?: Readonly<Record<string, Attribute>> | ReadonlyMap<string, Attribute>;
  readonly domain?: string;
}

/** A graph under construction. */
export interface GraphBuilder {
  readonly dialect: Dialect;
  /** Every operation so far, in order. */
  readonly operations: readonly Operation[];
  /** A value that the caller feeds, float32 unless said otherwise; a name as a side leaves it open. */
  input(name: string, shape: readonly Dimension[], type?: ElementType): Value;
  /** Weights or another constant; its name must be free. */
  constant(tensor: InlineTensor): Value;
  /** The constant of a name; `make` is asked for it where there is none yet. */
  shared(name: string, make: () => InlineTensor): Value;
  /** A small float32 constant, named after its values; asked for twice, it is there once. */
  floats(values: readonly number[], shape?: readonly number[]): Value;
  /** A small int64 constant, such as axes or a shape; likewise. */
  ints(values: readonly number[]): Value;
  /** What a constant holds; `undefined` for every other value. */
  constantOf(value: Value): InlineTensor | undefined;
  /** Adds an operation with one result and gives what it makes. */
  node(op: string, inputs: readonly (Value | undefined)[], result: Result): Value;
  /** Adds an operation with any number of results. */
  nodes(op: string, spec: OperationSpec): readonly Value[];
  /** Puts a name before those of all that `make` adds, so that the graph reads well. */
  scope<T>(name: string, make: () => T): T;
  /** Marks what `make` adds as a part that the gradient may compute a second time instead of keeping it. */
  segment<T>(make: () => T): T;
  /**
   * The finished graph, its outputs under the names given.
   *
   * Errors: GraphError when a name is taken
   */
  build(outputs: Readonly<Record<string, Value>>): Graph;
}

/**
 * An empty graph to build in. Values are named after their operator, in order, so that the same calls give the same bytes.
 */
export function graphBuilder(name: string, { dialect = "cpu" }: { readonly dialect?: Dialect } = {}): GraphBuilder {
  const inputs: ValueInfo[] = [];
  const constants = new Map<string, InlineTensor>();
  const operations: Operation[] = [];
  const names = new Set<string>();
  const scopes: string[] = [];
  let segments = 0;
  let segment: number | undefined;

  const claim = (wanted: string) => {
    if (names.has(wanted)) throw new GraphError({ where: wanted, expected: "a name that is free", got: "one in use" });
    names.add(wanted);
    return wanted;
  };
  const literal = (tensor: InlineTensor) => graph.shared(tensor.name, () => tensor);
  const graph: GraphBuilder = {
    dialect,
    operations,
    input: (wanted, shape, type = "float32") => {
      const info = { name: claim(wanted), type, shape };
      inputs.push(info);
      return { ...info, graph };
    },
    constant: (tensor) => {
      constants.set(claim(tensor.name), tensor);
      return { name: tensor.name, type: tensor.type, shape: tensor.shape, graph };
    },
    shared: (name, make) => {
      const known = constants.get(name);
      return known === undefined ? graph.constant(make()) : { name, type: known.type, shape: known.shape, graph };
    },
    floats: (values, shape = []) => literal(floatTensor(`[${shape.join("x")}] ${listed(values)}`, shape, values)),
    ints: (values) => literal(intTensor(`int [${values.join(" ")}]`, values)),
    constantOf: (value) => constants.get(value.name),
    node: (op, given, { attributes = {}, domain = "", ...result }) =>
      graph.nodes(op, { inputs: given, results: [result], attributes, domain })[0],
    nodes: (op, { inputs: given, results, attributes = {}, domain = "" }) => {
      const base = [...scopes, `${op.toLowerCase()}.${operations.length + 1}`].join("/");
      const outputs = results.map(
        ({ type, shape }, n): Value => ({ name: claim(n === 0 ? base : `${base}.${n}`), type, shape, graph }),
      );
      const map = attributes instanceof Map ? attributes : new Map(Object.entries(attributes));
      operations.push({ op, domain, inputs: given, outputs, attributes: map, segment });
      return outputs;
    },
    scope: (wanted, make) => {
      scopes.push(wanted);
      try {
        return make();
      } finally {
        scopes.pop();
      }
    },
    segment: (make) => {
      const outer = segment;
      segment = ++segments;
      try {
        return make();
      } finally {
        segment = outer;
      }
    },
    build: (outputs) => {
      const entries = Object.entries(outputs);
      const finalNames = finalNamesOf(entries, { claim, isMade: madeBy(operations) });
      const domains = new Set(operations.map(({ domain }) => domain).filter((domain) => domain !== ""));
      return {
        name,
        opsets: new Map([["", OPSET], ...[...domains].map((domain) => [domain, 1] as const)]),
        irVersion: IR_VERSION,
        inputs,
        outputs: entries.map(([wanted, { type, shape }]) => ({ name: wanted, type, shape })),
        initializers: [...constants.values()],
        nodes: [...operations.map((operation) => graphNodeOf(operation, finalNames.renamed)), ...finalNames.copies],
        metadata: new Map(),
      };
    },
  };
  return graph;
}

/** Values in a name, briefly where they are all the same. */
function listed(values: readonly number[]): string {
  return values.length > 2 && values.every((each) => each === values[0]) ? `all ${values[0]}` : values.join(" ");
}

function madeBy(operations: readonly Operation[]): (value: Value) => boolean {
  const made = new Set(operations.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  return ({ name }) => made.has(name);
}

/** Outputs take their names in place of the working ones; a value that has two names, or is fed, is copied. */
function finalNamesOf(
  entries: readonly (readonly [string, Value])[],
  { claim, isMade }: { claim: (name: string) => string; isMade: (value: Value) => boolean },
) {
  const renamed = new Map<string, string>();
  const copies = entries.flatMap(([wanted, value]) => {
    claim(wanted);
    if (isMade(value) && !renamed.has(value.name)) {
      renamed.set(value.name, wanted);
      return [];
    }
    return [nodeOf("Identity", [renamed.get(value.name) ?? value.name], [wanted])];
  });
  return { renamed, copies };
}

function graphNodeOf({ op, domain, inputs, outputs, attributes }: Operation, names: ReadonlyMap<string, string>) {
  const rename = (value: Value | undefined) => (value === undefined ? "" : (names.get(value.name) ?? value.name));
  const made = outputs.map(rename);
  return { name: made[0], op, domain, inputs: inputs.map(rename), outputs: made, attributes };
}
