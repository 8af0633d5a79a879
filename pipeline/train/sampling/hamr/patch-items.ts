import type { BatchCase, NamedClass, PatchChoice } from "../sampler.ts";

/** Everything that a patch can be drawn around: each case anywhere, and each class that it holds. */
export function patchItems({
  cases,
  classes,
}: {
  readonly cases: readonly BatchCase[];
  readonly classes: readonly NamedClass[];
}): readonly PatchChoice[] {
  return cases.flatMap((chosen) => [
    { chosen },
    ...classes.filter(({ id }) => chosen.classIds.includes(id)).map(({ id }) => ({ chosen, classId: id })),
  ]);
}
