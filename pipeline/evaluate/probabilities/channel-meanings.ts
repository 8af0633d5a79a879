import { FormatError } from "../../volume/errors.ts";
import type { EvaluatedClass } from "../evaluated-classes.ts";

/** What a channel of probabilities says something of. */
export interface ChannelMeaning {
  /** Classes and regions whose probability it is. */
  readonly whole: readonly number[];
  /** Regions whose probability it is a part of. */
  readonly parts: readonly number[];
}

/**
 * What each channel means: the regions, one by one, where there are as many channels as scored regions and classes; else the
 * background and the labels in ascending order, or the labels alone.
 *
 * Errors: FormatError E_PROBABILITIES for another number of channels
 * Source: nnU-Net v2, label_handling.py
 */
export function channelMeanings(
  channels: number,
  { classes, where }: { readonly classes: readonly EvaluatedClass[]; readonly where: string },
): readonly ChannelMeaning[] {
  const hasRegions = classes.some(({ labels }) => labels !== undefined);
  if (hasRegions && channels === classes.length) return classes.map(({ id }) => ({ whole: [id], parts: [] }));
  const ids = [...new Set(classes.flatMap(({ id, labels }) => labels ?? [id]))].sort((first, second) => first - second);
  const labels = channels === ids.length + 1 ? [0, ...ids] : ids;
  if (channels !== labels.length) throw channelsError(where, { channels, labels: ids.length });
  return labels.map((label) => ({
    whole: classes.flatMap(({ id, labels }) => (labels === undefined && id === label ? [id] : [])),
    parts: classes.flatMap(({ id, labels }) => (labels?.includes(label) === true ? [id] : [])),
  }));
}

function channelsError(
  where: string,
  { channels, labels }: { readonly channels: number; readonly labels: number },
): FormatError {
  return new FormatError({
    code: "E_PROBABILITIES",
    where,
    expected: `a channel for each of ${labels} labels, with or without one for the background`,
    got: `${channels}`,
    next: "List all classes of the network with --classes",
  });
}
