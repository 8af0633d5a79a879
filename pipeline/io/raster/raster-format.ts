import { basename } from "node:path";
import { indexToLpsOf } from "../../volume/affine.ts";
import { FormatError } from "../../volume/errors.ts";
import type { Scan, Warning } from "../../volume/scan.ts";
import { type Grid, volumeOf } from "../../volume/volume.ts";
import { checkedVoxels } from "../checked-voxels.ts";
import { assertSpacing } from "../place-rules.ts";
import { withRegularFile } from "../regular-file.ts";
import type { FoundScan, Listing, ReadOptions, Refusal, ScanFormat } from "../scan-format.ts";
import { storedBytes } from "../stored-voxels.ts";
import { decodePicture, type PictureFacts, pictureFactsOf } from "./decode-picture.ts";
import { paletteIndicesOf } from "./palette-indices.ts";
import { pixelSpacingOf } from "./picture-resolution.ts";

/** First bytes of PNG, JPEG and TIFF in both byte orders, BigTIFF too. */
const magics = ["\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "II*\0", "MM\0*", "II+\0", "MM\0+"];

/** Pictures of one plane: PNG, JPEG and TIFF. */
export const rasterFormat: ScanFormat = {
  name: "raster",
  extensions: [".png", ".jpg", ".jpeg", ".tif", ".tiff"],
  recognises: (head) => {
    const start = String.fromCharCode(...head.subarray(0, 8));
    return magics.some((magic) => start.startsWith(magic));
  },
  list: listPictures,
  read: ({ files }, options) => readPicture(files[0], options),
};

/** A picture's header and place, checked. */
interface PlannedPicture {
  readonly facts: PictureFacts;
  readonly grid: Grid;
  readonly warnings: readonly Warning[];
}

async function listPictures(files: readonly string[], options: ReadOptions): Promise<Listing> {
  const scans: FoundScan[] = [];
  const refusals: Refusal[] = [];
  for (const path of files) {
    try {
      scans.push(foundScan(path, await planOf(path, options)));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      refusals.push({ path, problem: error.problem });
    }
  }
  return { scans, refusals, skipped: [] };
}

function foundScan(path: string, { facts, grid, warnings }: PlannedPicture): FoundScan {
  const { rows } = grid.indexToLps;
  return {
    format: "raster",
    id: basename(path),
    files: [path],
    summary: {
      shape: grid.shape,
      spacingMm: [rows[8], rows[5], rows[2]],
      orientation: undefined,
      modality: undefined,
      voxelType: facts.depth,
      description: undefined,
      encoding: `${facts.format.toUpperCase()}, ${facts.channels === 1 ? "gray" : "colour"}`,
    },
    warnings,
  };
}

/**
 * A picture as a volume of one slice: gray as one channel, colour as red, green and blue, a palette as is asked for.
 *
 * Units:  pixel size as the file states it, else 1 mm; W along rows, H down columns, no place in a patient
 */
async function readPicture(path: string, options: ReadOptions): Promise<Scan> {
  const { facts, grid, warnings } = await planOf(path, options);
  const wantsIndices = options.palette === "indices" && facts.isPalette;
  const decoded = wantsIndices ? [await paletteIndicesOf(path, facts)] : await decodePicture(path, facts);
  const channels = decoded.map((samples) => {
    const { data, warnings: odd } = checkedVoxels(samples, { prefix: "P", where: path, nanTo: options.nanTo });
    return { volume: volumeOf(data, grid, path), odd };
  });
  const [first, ...others] = channels;
  return {
    format: "raster",
    channels: [first.volume, ...others.map(({ volume }) => volume)],
    modality: undefined,
    warnings: [...warnings, ...channels.flatMap(({ odd }) => odd)],
    inputs: [],
  };
}

function planOf(path: string, { limits }: ReadOptions): Promise<PlannedPicture> {
  return withRegularFile(path, limits, async (file) => {
    if (file.bytes === 0) throw planError(path, "P_EMPTY", "a picture", "an empty file");
    const facts = await pictureFactsOf(path);
    const { width, height, channels, depth, pages } = facts;
    if (pages > 1) throw planError(path, "P_PAGES", "one picture in a file", `${pages}`);
    const bytes = width * height * channels * storedBytes[depth];
    if (!(bytes <= limits.volumeBytes))
      throw planError(path, "P_TOO_BIG", `a picture of at most ${limits.volumeBytes} bytes`, `${bytes}`);
    const stated = await pixelSpacingOf(file, facts.format);
    const { w, h } = stated ?? { w: 1, h: 1 };
    assertSpacing([h, w], { where: path, prefix: "P" });
    const rows = [0, 0, w, 0, 0, h, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1];
    const grid: Grid = { shape: [1, height, width], indexToLps: indexToLpsOf(rows, path) };
    return { facts, grid, warnings: warningsOf(facts, { where: path, isStated: stated !== undefined }) };
  });
}

function warningsOf(
  { hasAlpha, exifOrientation }: PictureFacts,
  { where, isStated }: { readonly where: string; readonly isStated: boolean },
): readonly Warning[] {
  const all = [
    { isSo: !isStated, code: "P_SPACING", text: "no pixel size in the file; 1 mm taken" },
    { isSo: hasAlpha, code: "P_ALPHA", text: "opacity is ignored" },
    { isSo: exifOrientation !== 1, code: "P_TURNED", text: "read as stored, which is not as viewers turn it" },
  ];
  return all.flatMap(({ isSo, code, text }) => (isSo ? [{ code, where, text }] : []));
}

function planError(where: string, code: string, expected: string, got: string): FormatError {
  return new FormatError({ code, where, expected, got, next: "Export it again as one PNG, JPEG or TIFF picture" });
}
