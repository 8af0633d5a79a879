import { type IndexToLps, indexToLpsFromSteps, type Triple } from "../../volume/affine.ts";
import type { Warning } from "../../volume/scan.ts";
import { assertSpacing, assertSquare, indexToLpsAlong, noOrientationError } from "../place-rules.ts";
import type { ReadOptions } from "../scan-format.ts";
import { type StoredType, storedBytes } from "../stored-voxels.ts";
import { headerError, numbersIn, quotedText } from "../text-header/text-header.ts";
import type { ImagePlan } from "../text-header/text-header-format.ts";

/** Voxel types by their MetaImage name; LONG is 32 bits, as ITK writes it. */
export const elementTypes: ReadonlyMap<string, StoredType> = new Map([
  ["MET_CHAR", "int8"],
  ["MET_UCHAR", "uint8"],
  ["MET_SHORT", "int16"],
  ["MET_USHORT", "uint16"],
  ["MET_INT", "int32"],
  ["MET_UINT", "uint32"],
  ["MET_LONG", "int32"],
  ["MET_ULONG", "uint32"],
  ["MET_LONG_LONG", "int64"],
  ["MET_ULONG_LONG", "uint64"],
  ["MET_FLOAT", "float32"],
  ["MET_DOUBLE", "float64"],
]);

const modalities: ReadonlyMap<string, string> = new Map([
  ["MET_MOD_CT", "CT"],
  ["MET_MOD_MR", "MR"],
  ["MET_MOD_NM", "NM"],
  ["MET_MOD_US", "US"],
]);

/** Fields with more than one name. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["ElementByteOrderMSB", "BinaryDataByteOrderMSB"],
  ["Rotation", "TransformMatrix"],
  ["Orientation", "TransformMatrix"],
  ["Position", "Offset"],
  ["Origin", "Offset"],
]);

type Fields = ReadonlyMap<string, string>;
type PlanOptions = ReadOptions & { readonly where: string };

/**
 * What a MetaImage header says of its image, checked; nothing is allocated.
 *
 * Errors: FormatError MHA_…; GeometryError for axes in one plane
 * Source: ITK's MetaIO documentation, "Tags of MetaImage"; rows of TransformMatrix are the directions of the axes
 */
export function metaImagePlanOf(lines: readonly string[], options: PlanOptions): ImagePlan {
  const fields = fieldsOf(lines, options.where);
  const { sides, volumes, index } = sizesOf(fields, options);
  assertUnscaled(fields, options.where);
  const place = placeOf(fields, options);
  return {
    shape: [sides[2], sides[1], sides[0]],
    ...place,
    ...storageOf(fields, options.where),
    volumesBefore: index,
    volumesAfter: volumes - index - 1,
    modality: modalities.get(fields.get("Modality") ?? ""),
  };
}

function fieldsOf(lines: readonly string[], where: string): Fields {
  const fields = new Map<string, string>();
  for (const line of lines) {
    if (line.trim() === "") continue;
    const [, name, value] = /^\s*(\w+)\s*=(.*)$/s.exec(line) ?? [];
    if (name === undefined) throw mhaError(where, "lines of the form Name = value", line);
    const field = aliases.get(name) ?? name;
    if (!fields.has(field)) fields.set(field, value.trim());
    else if (fields.get(field) !== value.trim()) throw mhaError(where, `one value of ${field}`, value);
  }
  return fields;
}

function sizesOf(
  fields: Fields,
  { where, volumeIndex }: PlanOptions,
): { readonly sides: Triple; readonly volumes: number; readonly index: number } {
  const sizes = numbersIn(fields.get("DimSize") ?? "");
  const [dimensions] = numbersIn(fields.get("NDims") ?? "");
  const areSizes = sizes.length === dimensions && sizes.every((size) => Number.isSafeInteger(size) && size > 0);
  if (!areSizes || sizes.length < 3 || sizes.length > 4)
    throw mhaError(where, "three positive sizes in DimSize, as many as NDims", fields.get("DimSize"));
  if ((fields.get("ElementNumberOfChannels") ?? "1") !== "1")
    throw mhaError(where, "one number per voxel", fields.get("ElementNumberOfChannels"));
  const [w, h, d, volumes = 1] = sizes;
  const index = volumeIndex ?? (volumes === 1 ? 0 : -1);
  if (!(Number.isInteger(index) && index >= 0 && index < volumes))
    throw headerError(
      { where, prefix: "MHA" },
      "one volume",
      `${volumes} volumes`,
      `Choose one with volumeIndex, 0 to ${volumes - 1}`,
    );
  return { sides: [w, h, d], volumes, index };
}

/** Programs disagree whether these are to be applied, so nobody can know what was meant. */
function assertUnscaled(fields: Fields, where: string): void {
  const slope = fields.get("ElementToIntensityFunctionSlope") ?? "1";
  const offset = fields.get("ElementToIntensityFunctionOffset") ?? "0";
  if (Number(slope) !== 1 || Number(offset) !== 0)
    throw mhaError(where, "no ElementToIntensityFunction", `${slope} and ${offset}`);
}

function storageOf(
  fields: Fields,
  where: string,
): Pick<ImagePlan, "type" | "encoding" | "littleEndian" | "dataFile" | "skipBytes"> {
  const type = elementTypes.get(fields.get("ElementType") ?? "");
  if (type === undefined) throw mhaError(where, "a scalar ElementType", fields.get("ElementType"));
  const isBinary = flagOf(fields, "BinaryData", where) ?? true;
  const isCompressed = flagOf(fields, "CompressedData", where) ?? false;
  const isBigEndian = flagOf(fields, "BinaryDataByteOrderMSB", where);
  if (isBigEndian === undefined && isBinary && storedBytes[type] > 1)
    throw mhaError(where, "BinaryDataByteOrderMSB", undefined);
  if (isCompressed && !isBinary) throw mhaError(where, "binary data where they are compressed", "text");
  const [skipBytes] = numbersIn(fields.get("HeaderSize") ?? "0");
  const isSkip = Number.isSafeInteger(skipBytes) && (skipBytes >= 0 || (skipBytes === -1 && !isCompressed && isBinary));
  if (!isSkip) throw mhaError(where, "a usable HeaderSize", fields.get("HeaderSize"));
  const encoding = isCompressed ? "zlib" : isBinary ? "raw" : "text";
  return { type, encoding, littleEndian: isBigEndian !== true, dataFile: dataFileOf(fields, where), skipBytes };
}

function dataFileOf(fields: Fields, where: string): string | undefined {
  const name = fields.get("ElementDataFile") ?? "";
  if (/^local$/i.test(name)) return undefined;
  if (name === "" || /^list\b/i.test(name) || name.includes("%"))
    throw mhaError(where, "ElementDataFile LOCAL or one file", name);
  return name;
}

function flagOf(fields: Fields, name: string, where: string): boolean | undefined {
  const value = fields.get(name);
  if (value === undefined) return undefined;
  if (/^(true|t|1)$/i.test(value)) return true;
  if (/^(false|f|0)$/i.test(value)) return false;
  throw mhaError(where, `${name} True or False`, value);
}

function placeOf(
  fields: Fields,
  { where, straighten, assumeOrientation }: PlanOptions,
): { readonly indexToLps: IndexToLps; readonly warnings: readonly Warning[] } {
  const subject = { where, prefix: "MHA" };
  const sizes = numbersIn(fields.get("ElementSpacing") ?? fields.get("ElementSize") ?? "");
  const [w, h, d] = sizes;
  assertSpacing([d, h, w], subject);
  const matrix = fields.get("TransformMatrix");
  if (matrix === undefined) {
    if (assumeOrientation === undefined) throw noOrientationError(subject, "a TransformMatrix");
    const text = `no orientation in the file; ${assumeOrientation} taken as asked`;
    const indexToLps = indexToLpsAlong(assumeOrientation, [d, h, w], where);
    return { indexToLps, warnings: [{ code: "MHA_NO_ORIENT", where, text }] };
  }
  const dimensions = Number(fields.get("NDims"));
  const cosines = numbersIn(matrix);
  if (cosines.length !== dimensions ** 2)
    throw mhaError(where, `${dimensions ** 2} numbers in TransformMatrix`, matrix);
  const step = (axis: number, mm: number) => [0, 1, 2].map((world) => mm * cosines[dimensions * axis + world] + 0); // no -0
  const offset = fields.get("Offset");
  const originXyz = offset === undefined ? [0, 0, 0] : numbersIn(offset).slice(0, 3);
  const indexToLps = indexToLpsFromSteps({ d: step(2, d), h: step(1, h), w: step(0, w) }, { originXyz, where });
  if (straighten !== true) assertSquare(indexToLps, subject);
  const text = "no Offset in the file; 0 taken";
  return { indexToLps, warnings: offset === undefined ? [{ code: "MHA_ORIGIN", where, text }] : [] };
}

function mhaError(where: string, expected: string, got: string | undefined) {
  return headerError({ where, prefix: "MHA" }, expected, got === undefined ? "nothing" : quotedText(got));
}
