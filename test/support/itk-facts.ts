import { readImageNode } from "@itk-wasm/image-io";

/** What ITK makes of a file; a reader that shares no code with ours. */
export interface ItkFacts {
  /** [i, j, k] */
  readonly size: readonly number[];
  readonly type: string;
  /** Row-major 4 x 4 from [D, H, W] to LPS, as rarevox states it. */
  readonly rows: readonly number[];
  readonly voxels: readonly number[];
}

/** Reads a file with ITK. */
export async function itkFactsOf(path: string): Promise<ItkFacts> {
  const { size, spacing, origin, direction, data, imageType } = await readImageNode(path);
  const cosines = direction as Float64Array;
  const row = (world: number) => [...[2, 1, 0].map((axis) => cosines[3 * world + axis] * spacing[axis]), origin[world]];
  return {
    size,
    type: imageType.componentType,
    rows: [...row(0), ...row(1), ...row(2), 0, 0, 0, 1],
    voxels: Array.from(data as ArrayLike<number>),
  };
}
