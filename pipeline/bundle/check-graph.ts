import { elementCountOf, type Graph, type GraphNode, type Tensor } from "../../models/graph/graph.ts";
import { intsOf } from "../../models/graph/tensor.ts";
import { ModelError, type Problem } from "../volume/errors.ts";
import { microsoftOperators, newestIrVersion, opsetRange, standardOperators } from "./allowed-operators.ts";
import { quoted } from "./quoted.ts";

/** Largest array that a graph may make out of a shape it holds: no patch of a network comes near. */
const MAX_FILLED_ELEMENTS = 2 ** 30;

/**
 * Refuses a graph before anything of it is given to ONNX Runtime.
 *
 * Errors: ModelError M_OPSET, M_IR for versions; M_OP for operators outside the list and for graphs within the graph;
 *         M_GRAPH for values used before they are made or made twice; M_MEMORY for arrays that no network needs
 */
export function checkGraph(graph: Graph, where: string): void {
  const refuse = refuserOf(where);
  checkVersions(graph, refuse);
  for (const node of graph.nodes) checkOperator(node, refuse);
  checkOrder(graph, refuse);
  checkFilledShapes(graph, refuse);
}

type Refuse = (problem: Pick<Problem, "code" | "expected" | "got">) => never;

function refuserOf(where: string): Refuse {
  return (problem) => {
    throw new ModelError({ ...problem, where, next: "Export the network again with standard operators only" });
  };
}

function checkVersions({ opsets, irVersion }: Graph, refuse: Refuse): void {
  const { oldest, newest } = opsetRange;
  const opset = opsets.get("") ?? 0;
  if (!(opset >= oldest && opset <= newest))
    refuse({ code: "M_OPSET", expected: `operator set ${oldest} to ${newest}`, got: `${opset}` });
  if (!(irVersion >= 3 && irVersion <= newestIrVersion))
    refuse({ code: "M_IR", expected: `IR version 3 to ${newestIrVersion}`, got: `${irVersion}` });
}

function checkOperator({ name, op, domain, attributes }: GraphNode, refuse: Refuse): void {
  const allowed = domain === "" ? standardOperators : domain === "com.microsoft" ? microsoftOperators : undefined;
  const described = `${quoted(domain === "" ? op : `${domain}.${op}`)} in node ${quoted(name)}`;
  if (allowed === undefined || !allowed.has(op))
    refuse({ code: "M_OP", expected: "operators that only compute arrays from arrays", got: described });
  for (const { kind, value } of attributes.values()) {
    if (kind === "graph") refuse({ code: "M_OP", expected: "no graph inside the graph", got: described });
    if (kind === "tensor" && value.data.kind === "external")
      refuse({ code: "M_EXTERNAL", expected: "external data for weights only", got: described });
  }
}

function checkOrder({ inputs, initializers, nodes, outputs }: Graph, refuse: Refuse): void {
  const made = new Set(["", ...inputs.map(({ name }) => name), ...initializers.map(({ name }) => name)]);
  const needs = (names: readonly string[], user: string) => {
    const missing = names.find((name) => !made.has(name));
    if (missing !== undefined)
      refuse({ code: "M_GRAPH", expected: `values made before ${quoted(user)} uses them`, got: quoted(missing) });
  };
  for (const node of nodes) {
    needs(node.inputs, node.name || node.op);
    for (const name of node.outputs) {
      if (name !== "" && made.has(name))
        refuse({ code: "M_GRAPH", expected: "each value made once", got: `${quoted(name)} twice` });
      made.add(name);
    }
  }
  needs(
    outputs.map(({ name }) => name),
    "the output",
  );
}

/** Shapes that stand in the file can be judged now; computed ones meet the memory limit of the inference process. */
function checkFilledShapes({ nodes, initializers }: Graph, refuse: Refuse): void {
  const constants = new Map<string, Tensor>(initializers.map((tensor) => [tensor.name, tensor]));
  for (const { op, outputs, attributes } of nodes) {
    const value = op === "Constant" ? attributes.get("value") : undefined;
    if (value?.kind === "tensor") constants.set(outputs[0], value.value);
  }
  for (const { op, inputs } of nodes) {
    const shape = constants.get(op === "ConstantOfShape" ? inputs[0] : op === "Expand" ? inputs[1] : "");
    if (shape?.type !== "int64" || shape.data.kind !== "bytes") continue;
    const elements = elementCountOf(intsOf(shape));
    if (elements > MAX_FILLED_ELEMENTS)
      refuse({ code: "M_MEMORY", expected: `arrays of at most ${MAX_FILLED_ELEMENTS} elements`, got: `${elements}` });
  }
}
