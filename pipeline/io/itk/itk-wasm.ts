import { constants } from "node:fs";
import { FormatError } from "../../volume/errors.ts";
import type { StoredType } from "../stored-voxels.ts";

/** Readers of ITK that are used here, by the format they read. */
export type ItkReader = "gipl" | "mgh" | "hdf5" | "gdcm";

/** An image as ITK hands it over; axes and vectors in ITK's order, [x, y, z], LPS. */
export interface ItkImage {
  readonly size: readonly number[];
  readonly spacing: readonly number[];
  readonly origin: readonly number[];
  /** Row-major; column n is the direction of axis n. */
  readonly direction: ArrayLike<number>;
  readonly components: number;
  readonly type: StoredType;
  /** Empty when only the header was asked for. */
  readonly data: ArrayBufferView;
}

/**
 * Reads a file with one of ITK's readers, compiled to WebAssembly. Only for a parsing child: the reader trusts its input.
 *
 * Errors: FormatError ITK_READ when the reader does not understand the file
 */
export async function readWithItk(
  reader: ItkReader,
  path: string,
  { headerOnly }: { readonly headerOnly: boolean },
): Promise<ItkImage> {
  answerEmscripten();
  const itk = await import("@itk-wasm/image-io"); // hundreds of files: not before somebody needs them
  const read = {
    gipl: itk.giplReadImageNode,
    mgh: itk.mghReadImageNode,
    hdf5: itk.hdf5ReadImageNode,
    gdcm: itk.gdcmReadImageNode,
  }[reader];
  const { couldRead, image } = await read(path, { informationOnly: headerOnly }).catch(() => unreadable);
  if (couldRead !== true || image === undefined) throw readError(path, reader);
  const { size, spacing, origin, direction, imageType, data } = image;
  const { components, componentType } = imageType;
  return {
    size,
    spacing,
    origin,
    direction: direction as Float64Array,
    components,
    type: componentType as StoredType,
    data: (data as ArrayBufferView | null) ?? new Uint8Array(0),
  };
}

const unreadable = { couldRead: false, image: undefined } as const;

/**
 * Emscripten asks `process.binding` for the flags of open(2), which Node's permission model forbids; the same flags are
 * public elsewhere.
 */
function answerEmscripten(): void {
  Object.defineProperty(process, "binding", { value: () => ({ fs: constants }), configurable: true });
}

function readError(where: string, reader: ItkReader): FormatError {
  return new FormatError({
    code: "ITK_READ",
    where,
    expected: `a file that ITK's ${reader} reader understands`,
    got: "a damaged or different one",
    next: "Convert it to NIfTI with the program that made it",
  });
}
