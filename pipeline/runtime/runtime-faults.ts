import { isNamedError, ModelError, type Problem } from "../volume/errors.ts";

/** What ONNX Runtime and V8 say when memory does not suffice. */
const outOfMemory = /allocat|bad_alloc|out of memory|typed array length/i;

/**
 * Runs work of ONNX Runtime.
 *
 * Errors: ModelError `code`, or M_MEMORY, in place of ONNX Runtime's own; named errors pass
 */
export async function namingFaults<T>(where: string, code: "M_LOAD" | "M_RUN", work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isNamedError(error)) throw error;
    const text = error instanceof Error ? error.message : String(error);
    const problem = outOfMemory.test(text) ? memoryProblem(where) : runtimeProblem(where, code, text);
    throw new ModelError(problem, { cause: error });
  }
}

/** The problem of a network that asks for more memory than there is. */
export function memoryProblem(where: string): Problem {
  return {
    code: "M_MEMORY",
    where,
    expected: "a network that runs in the memory of this machine",
    got: "a request for more than there is",
    next: "Use a smaller patch or batch, or a machine with more memory",
  };
}

/** First line of a foreign text, printable and short. */
export function printable(text: string): string {
  return text
    .split("\n")[0]
    .replace(/[^\x20-\x7e]/g, "?")
    .slice(0, 200);
}

function runtimeProblem(where: string, code: "M_LOAD" | "M_RUN", text: string): Problem {
  return {
    code,
    where,
    expected: code === "M_LOAD" ? "a graph that ONNX Runtime opens" : "a graph that runs",
    got: `"${printable(text)}"`,
    next: "Check the file with the tool that made it, or use another bundle",
  };
}
