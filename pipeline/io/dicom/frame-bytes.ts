import type { DicomDataSet } from "./data-set.ts";
import { dicomError } from "./faults.ts";
import type { Encapsulated } from "./fragments.ts";

/** How the beginning of a frame is told where no offset table says it. */
const frameStarts: Readonly<Record<string, readonly number[] | undefined>> = {
  jpeg: [0xff, 0xd8],
  "jpeg-lossless": [0xff, 0xd8],
  "jpeg-ls": [0xff, 0xd8],
  "jpeg-2000": [0xff, 0x4f],
  htj2k: [0xff, 0x4f],
};

/**
 * The compressed bytes of each frame.
 *
 * Errors: FormatError D_FRAGMENTS when fragments and frames do not fit together
 * Source: DICOM PS3.5 annex A.4
 */
export function compressedFramesOf(
  { where, pixels, transferSyntax }: DicomDataSet,
  frames: number,
): readonly Uint8Array[] {
  const { basicOffsets, fragments } = pixels?.encapsulated ?? { basicOffsets: [], fragments: [] };
  if (frames === 1) return [joined(fragments)];
  const starts =
    frames === fragments.length
      ? fragments.map((_, index) => index)
      : (startsByOffset({ basicOffsets, fragments }) ?? startsByMarker(fragments, transferSyntax.codec ?? ""));
  if (starts.length !== frames)
    throw dicomError(where, {
      code: "D_FRAGMENTS",
      expected: `${frames} compressed frames`,
      got: `${starts.length} in ${fragments.length} fragments`,
    });
  return starts.map((start, frame) => joined(fragments.slice(start, starts[frame + 1])));
}

type Pieces = Encapsulated["fragments"];

/** Index of each frame's first fragment; undefined where there is no table, or it points beside the fragments. */
function startsByOffset({ basicOffsets, fragments }: Pick<Encapsulated, "basicOffsets" | "fragments">) {
  if (basicOffsets.length === 0) return undefined;
  const indexOf = new Map(fragments.map(({ itemOffset }, index) => [itemOffset, index]));
  const starts = basicOffsets.map((offset) => indexOf.get(offset) ?? -1);
  const rising = starts.every((start, frame) => start > (starts[frame - 1] ?? -1));
  return rising && starts[0] === 0 ? starts : undefined;
}

function startsByMarker(fragments: Pieces, codec: string): readonly number[] {
  const marker = frameStarts[codec];
  if (marker === undefined) return [];
  return fragments.flatMap(({ bytes }, index) => (marker.every((byte, i) => bytes[i] === byte) ? [index] : []));
}

function joined(fragments: Pieces): Uint8Array {
  return fragments.length === 1 ? fragments[0].bytes : Buffer.concat(fragments.map(({ bytes }) => bytes));
}
