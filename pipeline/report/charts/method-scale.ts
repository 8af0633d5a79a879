import type { NamedMethod } from "../reported-dataset.ts";

/** Colours of the methods by name. */
export function colorScale(methods: readonly NamedMethod[]) {
  return { domain: methods.map(({ name }) => name), range: methods.map(({ look }) => look.color) };
}

/** Shapes of the methods by name. */
export function shapeScale(methods: readonly NamedMethod[]) {
  return { domain: methods.map(({ name }) => name), range: methods.map(({ look }) => look.shape) };
}

/** Dashes of the methods by name. */
export function dashScale(methods: readonly NamedMethod[]) {
  return { domain: methods.map(({ name }) => name), range: methods.map(({ look }) => [...look.dash]) };
}
