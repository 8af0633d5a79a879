import { drawingFont, fontFile } from "./drawing-font.ts";
import { sharp } from "./sharp.ts";

// Only drawings made here get this far: untrusted pictures are read in another process, which does not load this file.
sharp.unblock({ operation: ["VipsForeignLoadSvgBuffer"] });

/** An SVG drawing as the bytes of a PNG file, `scale` pixels per unit; its text is drawn with the packaged font. */
export async function encodeDrawing(svg: string, { scale = 2 }: { readonly scale?: number } = {}): Promise<Buffer> {
  // A text drawn from a font file makes that font known to the library for all that it draws after.
  await sharp({ text: { text: ".", fontfile: fontFile, font: drawingFont } })
    .png()
    .toBuffer();
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .flatten({ background: "white" })
    .png()
    .toBuffer();
}
