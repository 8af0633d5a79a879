/** Advance widths of DejaVu Sans in thousandths of the font size, from space to tilde, as fontTools reads them. */
const advances =
  "318 401 460 838 636 950 780 275 390 390 500 838 318 361 318 337 636 636 636 636 636 636 636 636 636 636 337 337 " +
  "838 838 838 531 1000 684 686 698 770 632 575 775 752 295 295 656 557 863 748 787 603 787 695 635 611 732 684 989 " +
  "685 611 685 390 337 390 838 500 500 613 635 550 635 615 352 635 634 278 278 579 278 974 634 612 635 635 411 521 " +
  "392 634 592 818 592 592 525 636 337 636 838";

const widths: readonly number[] = advances.split(" ").map((width) => Number(width) / 1000);

const FIRST = " ".codePointAt(0) as number;

/** Width of letters that the table lacks; as wide as the widest common ones, so that nothing overlaps. */
const OTHER = 1;

/** Width of a text in the packaged font, kerning left out. Units: those of the font size */
export function textWidth(text: string, fontSize: number): number {
  const inSizes = Array.from(text, (letter) => widths[(letter.codePointAt(0) as number) - FIRST] ?? OTHER);
  return inSizes.reduce((sum, width) => sum + width, 0) * fontSize;
}
