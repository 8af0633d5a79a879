/** Whether a path ends in one of the endings, in upper or lower case. */
export function extensionMatches(path: string, extensions: readonly string[]): boolean {
  const lower = path.toLowerCase();
  return extensions.some((extension) => lower.endsWith(extension));
}
