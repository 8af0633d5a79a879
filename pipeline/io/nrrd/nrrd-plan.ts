import type { Triple } from "../../volume/affine.ts";
import type { Warning } from "../../volume/scan.ts";
import type { ReadOptions } from "../scan-format.ts";
import { type StoredType, storedBytes } from "../stored-voxels.ts";
import { headerError, numbersIn, quotedText } from "../text-header/text-header.ts";
import type { ImagePlan } from "../text-header/text-header-format.ts";
import { directionWords, type NrrdHeader, parseNrrdHeader } from "./nrrd-header.ts";
import { nrrdPlaceOf } from "./nrrd-place.ts";
import { segmentsOf } from "./segments.ts";

/** How NRRD spells voxel types, without `_t` and the words that change nothing. */
const types: ReadonlyMap<string, StoredType> = new Map([
  ["int8", "int8"],
  ["char", "int8"],
  ["uint8", "uint8"],
  ["uchar", "uint8"],
  ["int16", "int16"],
  ["short", "int16"],
  ["uint16", "uint16"],
  ["ushort", "uint16"],
  ["int32", "int32"],
  ["int", "int32"],
  ["uint32", "uint32"],
  ["uint", "uint32"],
  ["int64", "int64"],
  ["longlong", "int64"],
  ["uint64", "uint64"],
  ["ulonglong", "uint64"],
  ["float", "float32"],
  ["double", "float64"],
]);

const encodings: ReadonlyMap<string, ImagePlan["encoding"]> = new Map([
  ["raw", "raw"],
  ["gzip", "gzip"],
  ["gz", "gzip"],
  ["ascii", "text"],
  ["text", "text"],
  ["txt", "text"],
]);

/**
 * What a NRRD header says of its image, checked; nothing is allocated.
 *
 * Errors: FormatError NRRD_…; GeometryError for directions in one plane
 */
export function nrrdPlanOf(lines: readonly string[], options: ReadOptions & { readonly where: string }): ImagePlan {
  const { where } = options;
  const header = parseNrrdHeader(lines, where);
  const { axes, sides, volumes, index } = axesOf(header, options);
  const { segments, warnings: segmentWarnings } = segmentsOf(header.pairs, where);
  const place = nrrdPlaceOf(header, { ...options, axes });
  return {
    shape: [sides[2], sides[1], sides[0]],
    indexToLps: place.indexToLps,
    ...storageOf(header, where),
    volumesBefore: index,
    volumesAfter: volumes - index - 1,
    modality: undefined,
    ...(segments.length === 0 ? {} : { classes: segments }),
    warnings: [...place.warnings, ...segmentWarnings] satisfies readonly Warning[],
  };
}

interface Axes {
  /** Which of the file's axes are places, fastest first. */
  readonly axes: Triple;
  readonly sides: Triple;
  readonly volumes: number;
  /** Which of the volumes is wanted. */
  readonly index: number;
}

/** Three axes of places; a fourth one has one sample, or is the slowest and somebody chose. */
function axesOf(
  { fields }: NrrdHeader,
  { where, volumeIndex }: { readonly where: string } & Pick<ReadOptions, "volumeIndex">,
): Axes {
  const subject = { where, prefix: "NRRD" };
  const [dimension] = numbersIn(fields.get("dimension") ?? "");
  const sizes = numbersIn(fields.get("sizes") ?? "");
  const areSizes = sizes.length === dimension && sizes.every((size) => Number.isSafeInteger(size) && size > 0);
  if (!areSizes)
    throw headerError(subject, "as many positive sizes as dimensions", quotedText(fields.get("sizes") ?? ""));
  const others = otherAxes(fields, sizes);
  if (sizes.length - others.length !== 3)
    throw headerError(subject, "a volume of three axes", `sizes ${quotedText(sizes.join(" "))}`);
  const axes = sizes.map((_, axis) => axis).filter((axis) => !others.includes(axis)) as unknown as Triple;
  const sides = axes.map((axis) => sizes[axis]) as unknown as Triple;
  const volumes = others.reduce((product, axis) => product * sizes[axis], 1);
  if (volumes === 1 && (volumeIndex ?? 0) === 0) return { axes, sides, volumes, index: 0 };
  const isSlowest = others.length === 1 && others[0] === 3;
  const isChosen =
    volumeIndex !== undefined && Number.isInteger(volumeIndex) && volumeIndex >= 0 && volumeIndex < volumes;
  if (isSlowest && isChosen) return { axes, sides, volumes, index: volumeIndex };
  const next = isSlowest ? `Choose one with volumeIndex, 0 to ${volumes - 1}` : "Export one number per voxel";
  throw headerError(subject, "one volume of one number per voxel", `${volumes} numbers per place`, next);
}

/** Axes that are no places: their direction is `none`, or their kind says so, or they have one sample more than three. */
function otherAxes(fields: ReadonlyMap<string, string>, sizes: readonly number[]): readonly number[] {
  const directions = directionWords(fields.get("space directions") ?? "");
  const none = directions.flatMap((word, axis) => (word === "none" ? [axis] : []));
  if (none.length > 0 || sizes.length <= 3) return none;
  const kinds = (fields.get("kinds") ?? "").trim().split(/\s+/);
  const noPlaces = kinds.flatMap((kind, axis) => (/^(domain|space|\?*|none)$/i.test(kind) ? [] : [axis]));
  return noPlaces.length > 0 ? noPlaces : sizes.flatMap((_, axis) => (axis >= 3 ? [axis] : []));
}

function storageOf(
  { fields }: NrrdHeader,
  where: string,
): Pick<ImagePlan, "type" | "encoding" | "littleEndian" | "dataFile" | "skipBytes"> {
  const subject = { where, prefix: "NRRD" };
  const type = typeOf(fields.get("type") ?? "");
  if (type === undefined) throw headerError(subject, "a scalar type", quotedText(fields.get("type") ?? ""));
  const encoding = encodings.get((fields.get("encoding") ?? "").toLowerCase());
  if (encoding === undefined)
    throw headerError(
      subject,
      "encoding raw, gzip or ascii",
      quotedText(fields.get("encoding") ?? ""),
      "Save it as gzip",
    );
  const endian = fields.get("endian")?.toLowerCase();
  const needsEndian = encoding !== "text" && storedBytes[type] > 1;
  if (needsEndian && endian !== "little" && endian !== "big")
    throw headerError(subject, "endian little or big", quotedText(endian ?? ""));
  if ((fields.get("line skip") ?? "0") !== "0")
    throw headerError(subject, "no line skip", quotedText(fields.get("line skip") ?? ""), "Save it anew");
  const [skipBytes] = numbersIn(fields.get("byte skip") ?? "0");
  const isSkip = Number.isSafeInteger(skipBytes) && (skipBytes >= 0 || (skipBytes === -1 && encoding === "raw"));
  if (!isSkip || (skipBytes > 0 && encoding === "gzip"))
    throw headerError(subject, "a usable byte skip", quotedText(fields.get("byte skip") ?? ""), "Save it anew");
  return { type, encoding, littleEndian: endian !== "big", dataFile: fields.get("data file"), skipBytes };
}

/** `signed short int`, `short` and `int16_t` are one type. */
function typeOf(text: string): StoredType | undefined {
  const words = text.trim().toLowerCase().replace(/_t$/, "").split(/\s+/);
  const isUnsigned = words[0] === "unsigned";
  const rest = isUnsigned || words[0] === "signed" ? words.slice(1) : words;
  const name = rest.join("").replace(/(?<=short|longlong)int$/, "");
  return types.get(isUnsigned ? `u${name}` : name);
}
