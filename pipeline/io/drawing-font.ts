import { createRequire } from "node:module";

/** Name of the font that pictures and drawings are written with. */
export const drawingFont = "DejaVu Sans";

/** The packaged font, so that they look the same on a machine without any. */
export const fontFile = createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf");
