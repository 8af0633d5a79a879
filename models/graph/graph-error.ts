/** A graph that is damaged, contradicts itself or asks for what is not possible. */
export class GraphError extends Error {
  override readonly name = "GraphError";
  /** Node, value or field that is wrong; text from the graph itself. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  constructor(
    { where, expected, got }: { readonly where: string; readonly expected: string; readonly got: string },
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, got ${got}.`, options);
    this.where = where;
    this.expected = expected;
    this.got = got;
  }
}
