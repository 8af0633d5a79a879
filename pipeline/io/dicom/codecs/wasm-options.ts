import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);

/** What a codec package's module needs to start: its WebAssembly binary, and nobody to talk to. */
export interface WasmOptions {
  readonly wasmBinary: Uint8Array;
  readonly print: () => void;
  readonly printErr: () => void;
}

/** Options with the binary that a package exports under a name. */
export function wasmOptions(specifier: string): WasmOptions {
  const silent = () => {};
  return { wasmBinary: readFileSync(resolve(specifier)), print: silent, printErr: silent };
}
