import { fontFile } from "./drawing-font.ts";
import { sharp } from "./sharp.ts";

/** Points per pixel at sharp's text resolution. */
const DPI = 72;

/** Width of the dark rim that keeps text readable over bright tissue. Units: pixels. */
const RIM = 2;

/** A line of text on a picture. */
export interface PictureText {
  readonly text: string;
  /** Where the text's box starts, from the top left. Units: pixels. */
  readonly x: number;
  readonly y: number;
  readonly sizePx: number;
  readonly colorRgb: readonly [number, number, number];
  /** Which side of the box `x` is; `left` when left out. */
  readonly align?: "left" | "center" | "right";
}

/** Pixels with text over them. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], sRGB. */
  readonly rgb: Uint8Array;
  readonly texts: readonly PictureText[];
}

/** A picture as the bytes of a PNG file; text is drawn with the packaged font and never read as markup. */
export async function encodePicture({ width, height, rgb, texts }: Picture): Promise<Buffer> {
  const layers = await Promise.all(texts.map((text) => textLayer(text, { width, height })));
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .composite(layers.flat())
    .removeAlpha()
    .png({ compressionLevel: 9, palette: false })
    .toBuffer();
}

async function textLayer(
  { text, x, y, sizePx, colorRgb, align = "left" }: PictureText,
  { width, height }: { readonly width: number; readonly height: number },
) {
  const glyphs = await sharp({
    text: {
      text: `<span foreground="${hexOf(colorRgb)}">${escapeMarkup(text)}</span>`,
      fontfile: fontFile,
      font: `DejaVu Sans ${sizePx}`,
      dpi: DPI,
      rgba: true,
    },
  })
    .extend({ top: RIM, bottom: RIM, left: RIM, right: RIM, background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .png()
    .toBuffer({ resolveWithObject: true });
  const shift = { left: RIM, center: glyphs.info.width / 2, right: glyphs.info.width - RIM }[align];
  const left = Math.round(x - shift);
  const top = Math.round(y - RIM);
  const fits = left >= 0 && top >= 0 && left + glyphs.info.width <= width && top + glyphs.info.height <= height;
  if (!fits) return [];
  return [
    { input: await rimOf(glyphs.data, glyphs.info), left, top },
    { input: glyphs.data, left, top },
  ];
}

/** Black where glyphs are, a little wider and soft at the edge. */
async function rimOf(glyphs: Buffer, { width, height }: { readonly width: number; readonly height: number }) {
  const opacity = await sharp(glyphs).extractChannel("alpha").blur(1).linear(2.5, 0).png().toBuffer();
  return sharp({ create: { width, height, channels: 3, background: "black" } })
    .joinChannel(opacity)
    .png()
    .toBuffer();
}

function hexOf(rgb: readonly number[]): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function escapeMarkup(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]).replace(/\p{C}/gu, "\uFFFD");
}
