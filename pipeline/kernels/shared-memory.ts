import type { VoxelArray } from "../volume/volume.ts";

/** Values copied between two turns of the event loop: about 10 ms. */
const VALUES_AT_ONCE = 2 ** 23;

/** An array of zeros; on memory that threads share where asked. */
export function arrayOf<T extends VoxelArray>(
  kind: new (source: number | SharedArrayBuffer) => T,
  { length, shared }: { readonly length: number; readonly shared: boolean },
): T {
  const { BYTES_PER_ELEMENT } = kind as unknown as { readonly BYTES_PER_ELEMENT: number };
  return new kind(shared ? new SharedArrayBuffer(length * BYTES_PER_ELEMENT) : length);
}

/** Whether an array lies on memory that threads share. */
export function isShared(array: VoxelArray): boolean {
  return array.buffer instanceof SharedArrayBuffer;
}

/** Copies values, converting them to the target's type, with turns of the event loop between. */
export async function copyInto(target: VoxelArray, source: VoxelArray): Promise<void> {
  for (let i = 0; i < source.length; i += VALUES_AT_ONCE) {
    target.set(source.subarray(i, i + VALUES_AT_ONCE), i);
    await nextTurn();
  }
}

/** Lets other work of the event loop go first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
