import { htmlText } from "../html-text.ts";

/** What a drawing shows, for readers who cannot see it. */
export interface DrawingText {
  /** Letters, digits and hyphens, no other drawing's on the page. */
  readonly name: string;
  readonly title: string;
  readonly alternative: string;
}

/** A drawing with title and description inside it, as a file of its own. */
export function describedDrawing(svg: string, { name, title, alternative }: DrawingText): string {
  const ids = { title: htmlText(`${name}-title`), text: htmlText(`${name}-text`) };
  return svg
    .replace(/^<svg /, `<svg role="img" aria-labelledby="${ids.title} ${ids.text}" `)
    .replace(/^<svg [^>]*>/, (head) => {
      const description = `<desc id="${ids.text}">${htmlText(alternative)}</desc>`;
      return `${head}<title id="${ids.title}">${htmlText(title)}</title>${description}`;
    });
}

/** A described drawing as part of a page: names of its inner parts are its own there, and it needs no namespaces. */
export function inlineDrawing(svg: string, { name }: Pick<DrawingText, "name">): string {
  const head = /^<svg [^>]*>/.exec(svg)?.[0] ?? "";
  return `${head.replace(/ xmlns(:\w+)?="[^"]*"/g, "")}${svg.slice(head.length)}`
    .replace(/(<(?:clipPath|linearGradient|radialGradient|pattern) id=")/g, `$1${htmlText(name)}-`)
    .replace(/((?:clip-path|fill|stroke)="url\(#)/g, `$1${htmlText(name)}-`);
}
