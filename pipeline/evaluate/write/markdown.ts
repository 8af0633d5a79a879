/** A table in Markdown; numbers stand right where a column is said to hold them. */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  { textColumns = 1 }: { readonly textColumns?: number } = {},
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(" | ")} |`;
  const rule = heads.map((_, column) => (column < textColumns ? ":--" : "--:"));
  return [line(heads), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** A text on one line that Markdown and HTML take as it is; names of classes and files may hold anything. */
export function markdownText(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/[\\`*_[\]|#~]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");
}
