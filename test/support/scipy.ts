import { spawnSync } from "node:child_process";
import { debianPython } from "./validators.ts";

/**
 * What a few lines of Python with NumPy and SciPy make of some arrays: the input is `data`, the answer what they leave in
 * `result`, flattened.
 */
export function scipy(program: string, data: unknown): readonly number[] {
  const script = `
import json, sys
import numpy as np
from scipy import ndimage
data = json.load(sys.stdin)
${program}
print(json.dumps(np.asarray(result, dtype=float).ravel().tolist()))
`;
  const { status, stdout, stderr } = spawnSync(debianPython, ["-c", script], {
    input: JSON.stringify(data),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
