/** Does work on several things at a time and gives the results in the order of the things; the first failure ends it. */
export async function inOrder<T, R>(
  things: readonly T[],
  work: (thing: T, index: number) => Promise<R>,
  { atOnce }: { readonly atOnce: number },
): Promise<readonly R[]> {
  const results = new Array<R>(things.length);
  let next = 0;
  const worker = async () => {
    while (next < things.length) {
      const index = next++;
      try {
        results[index] = await work(things[index], index);
      } catch (error) {
        next = things.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, things.length) }, worker));
  return results;
}
