import type { NamedMethod } from "../reported-dataset.ts";

/** A method's colour is the same in every chart. */
export function methodScale(methods: readonly NamedMethod[]) {
  return { domain: methods.map(({ name }) => name), range: methods.map(({ color }) => color) };
}
