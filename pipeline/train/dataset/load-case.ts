import { loadChannels } from "./load-channels.ts";
import { loadLabels } from "./load-labels.ts";
import type { LoadedCase, TrainingCase, TrainingDataset } from "./training-dataset.ts";

/** How a case is read. */
export interface LoadCaseOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A case's channels and labels, all on the first channel's grid.
 *
 * Errors: FormatError T_CHANNELS for another number of channels, T_LABEL_VALUES for labels that the data set does not list,
 *         T_LABELS, T_MASK and T_LOSSY for files that are no label maps; ShapeError T_SHAPE; GeometryError when channels or labels lie
 *         elsewhere than the first channel; as `readScan`
 */
export async function loadCase(
  dataset: TrainingDataset,
  { id, images, labels }: TrainingCase,
  { signal }: LoadCaseOptions = {},
): Promise<LoadedCase> {
  const { channels, warnings } = await loadChannels(images, { dataset, signal });
  const [grid] = channels;
  return {
    id,
    channels,
    ...(labels === undefined ? {} : { labels: await loadLabels(labels, { dataset, grid, signal }) }),
    warnings,
  };
}
